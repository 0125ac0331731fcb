import { limits } from '../../policy/limits.ts';
import { DomainError } from '../../submission/codes/DomainError.ts';

/** Takes that so many bytes are compared. @throws DomainError ResidualIdentifier when one output took too many */
export type CountSteps = (steps: number) => void;

/**
 * Bounds the time that the proof of one output takes: names that start alike, or are looked for in as many texts, make
 * it the square of a file's size. A usual file takes some thousand steps.
 */
export function searchSteps(): CountSteps {
  let left: number = limits.dicomSearchSteps;
  return (steps) => {
    left -= steps;
    if (left >= 0) return;
    const why = `its identifiers are like its texts in more than ${limits.dicomSearchSteps} bytes`;
    throw new DomainError('ResidualIdentifier', `Cannot prove the output: ${why}`);
  };
}
