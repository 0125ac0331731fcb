import type { DetachedFile } from '../../../core/dicom/detachFile.ts';
import type { LocalFile } from '../files/localInput.ts';

/** Of a few thousand slices, or of one large head. */
const mostBytes = 8 * 1024 * 1024;

/** By the file itself: a thread that is handed copies finds nothing again, and what it kept goes with them. */
const reads = new WeakMap<LocalFile, DetachedFile>();
let keptBytes = 0;

/** So much is left of what examined files may take until they are cleaned. */
export const roomForReads = (): number => mostBytes - keptBytes;

/** Keeps what was read of a file for who cleans it. */
export function keepRead(file: LocalFile, read: DetachedFile): void {
  reads.set(file, read);
  keptBytes += read.bytes;
}

/** Undefined where the file must be read; who takes it releases it. */
export function takeRead(file: LocalFile): DetachedFile | undefined {
  const read = reads.get(file);
  if (read === undefined) return undefined;
  reads.delete(file);
  keptBytes -= read.bytes;
  return read;
}
