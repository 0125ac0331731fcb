import type { Bytes } from '../../../core/submission/ports.ts';
import type { LocalFolder } from './localFolder.ts';

const chunkBytes = 1024 * 1024;

/** The bytes of a listed file, a chunk at a time, up to the size it was listed with. */
export async function* streamLocalFile(
  { readFile }: Pick<LocalFolder, 'readFile'>,
  { path, sizeBytes }: LocalFolder['files'][number],
): Bytes {
  for (let start = 0; start < sizeBytes; start += chunkBytes) {
    yield await readFile(path, { start, end: Math.min(sizeBytes, start + chunkBytes) });
  }
}
