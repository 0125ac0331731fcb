import type { DetachedFile } from '../../../core/dicom/detachFile.ts';
import type { LocalFile } from '../files/localInput.ts';

/** Of a few thousand slices, or of one large head. */
const mostBytes = 8 * 1024 * 1024;

/** By the file itself: a thread that is handed copies finds nothing again, and what it kept goes with them. */
const reads = new WeakMap<LocalFile, Kept>();
let keptBytes = 0;

interface Kept {
  read: DetachedFile;
  /** Of the file that was read, as openInput tells it. */
  state: string;
}

/** So much is left of what examined files may take until they are cleaned. */
export const roomForReads = (): number => mostBytes - keptBytes;

/** Keeps what was read of a file for who cleans it. */
export function keepRead(file: LocalFile, kept: Kept): void {
  reads.set(file, kept);
  keptBytes += kept.read.bytes;
}

/**
 * Undefined where the file must be read, also because another one took its place meanwhile, or may have: its pixels are
 * not those of the head that was kept. Who takes it releases it.
 */
export function takeRead(file: LocalFile, state: string | undefined): DetachedFile | undefined {
  const kept = reads.get(file);
  if (kept === undefined) return undefined;
  reads.delete(file);
  keptBytes -= kept.read.bytes;
  return kept.state === state ? kept.read : undefined;
}
