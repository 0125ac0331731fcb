import { DomainError } from '../../core/submission/DomainError.ts';
import type { LocalFile } from './localInput.ts';
import { nodeCodecs } from './nodeCodecs.ts';
import { streamInput } from './streamInput.ts';
import { isUnreadable } from './unreadable.ts';

/** SHA-256 (hex) of a file's bytes; none where it can no longer be read as it could be before. */
export async function digestFile({
  number,
  file,
}: {
  number: number;
  file: LocalFile;
}): Promise<{ file: number; sha256?: string }> {
  const hasher = nodeCodecs.sha256();
  try {
    for await (const chunk of streamInput(file)) hasher.update(chunk);
    return { file: number, sha256: hasher.hex() };
  } catch (error) {
    if (isUnreadable(error) || (DomainError.is(error) && error.name === 'PackInvalid')) return { file: number };
    throw error;
  }
}
