import { errorCatalogue } from './errorCatalogue.ts';
import { findingCatalogue } from './findingCatalogue.ts';
import { reviewReasons } from './reviewReasons.ts';

/** What to do about a code of the error catalogue; empty for any other. */
export const actionOf = (code: string): string => findEntry(errorCatalogue, code)?.action ?? '';

/** What a code of a catalogue or a reason of the review means, and what to do about it; empty for any other. */
export function adviceOf(code: string): string {
  const error = findEntry(errorCatalogue, code) ?? findEntry(reviewReasons, code);
  if (error !== undefined) return `${error.meaning}. ${error.action}`;
  return ofFinding(code) ?? '';
}

/** The same of a file that is kept out: some codes of findings are codes of errors as well, which somebody else mends. */
export const adviceOnFile = (code: string): string => ofFinding(code) ?? adviceOf(code);

function ofFinding(code: string): string | undefined {
  const finding = findEntry(findingCatalogue, code);
  return finding === undefined ? undefined : `${finding.meaning}. ${finding.advice}`;
}

const findEntry = <Entry>(catalogue: Record<string, Entry>, code: string): Entry | undefined =>
  Object.hasOwn(catalogue, code) ? catalogue[code] : undefined;
