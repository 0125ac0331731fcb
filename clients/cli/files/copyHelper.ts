import { blockBytes, type RangeCopy } from './copyBlocks.ts';

/** What threads that copy one range share. */
export interface SharedCopy {
  copy: RangeCopy;
  /** The number of the next block. */
  taken: Int32Array;
  /** 1 once the other thread may have taken one. */
  begun: Int32Array;
}

/** Another thread that takes blocks of a copy. */
export interface CopyHelper {
  /** Asks it; who calls what comes back waits until it has left off: false where it could not do what it took. */
  help(shared: SharedCopy): () => Promise<boolean>;
}

/** So many bytes are worth another thread: to start it takes as long as to copy them. */
export const isWorthHelp = (bytes: number): boolean => bytes > 512 * blockBytes;

let helper: Promise<CopyHelper | undefined> | undefined;

/**
 * The helper of this process, loaded for those that want one; it ends with the process. Undefined where no thread can
 * be started, as where the system limits them: a copy needs none.
 */
export function copyHelper(): Promise<CopyHelper | undefined> {
  helper ??= import('./openCopyHelper.ts').then(({ openCopyHelper }) => openCopyHelper()).catch(() => undefined);
  return helper;
}
