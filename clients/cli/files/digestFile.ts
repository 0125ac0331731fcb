import { DomainError } from '../../../core/submission/codes/DomainError.ts';
import type { Finding } from '../../../core/submission/contracts/steps.ts';
import type { LocalFile } from './localInput.ts';
import { nodeCodecs } from './nodeCodecs.ts';
import { streamInput } from './streamInput.ts';
import { isUnreadable } from './unreadable.ts';

export interface DigestTask {
  number: number;
  file: LocalFile;
}

export interface Digested {
  file: number;
  /** Hex; none where it can no longer be read as it could be before. */
  sha256?: string;
  /** This program failed at it. */
  failed?: Finding;
}

/** SHA-256 of a file's bytes. */
export async function digestFile({ number, file }: DigestTask): Promise<Digested> {
  const hasher = nodeCodecs.sha256();
  try {
    for await (const chunk of streamInput(file)) hasher.update(chunk);
    return { file: number, sha256: hasher.hex() };
  } catch (error) {
    if (isUnreadable(error) || (DomainError.is(error) && error.name === 'PackInvalid')) return { file: number };
    throw error;
  }
}
