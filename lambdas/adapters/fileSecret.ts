import { readFile } from 'node:fs/promises';
import { DomainError } from '../../core/submission/codes/DomainError.ts';

/** Reads a secret's text from a file of one machine, anew at each call. @throws DomainError StorageUnavailable */
export function fileSecret({ path }: { path: string }): () => Promise<string> {
  return () =>
    readFile(path, 'utf8').catch((cause: unknown) => {
      throw new DomainError('StorageUnavailable', 'Cannot read a secret: its file does not open', { cause });
    });
}
