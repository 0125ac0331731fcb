import { setImmediate } from 'node:timers/promises';
import { blockBytes, copyBlocks, type RangeCopy } from './copyBlocks.ts';

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

/** A copy under way. */
export interface Copying {
  /** Takes part, and returns when all is copied. @throws as copyBlocks does */
  finish(signal: AbortSignal): Promise<void>;
  /** Leaves off, wherever it is: then the files can be closed. */
  stop(): Promise<void>;
}

/** Then signals have their turn. */
const blocksPerTurn = 16;
/** More than any file has, and far from where the counter would begin anew. */
const allTaken = 2 ** 30;

/** So many bytes are worth a copy of their own. */
export const isLarge = (bytes: number): boolean => bytes > 32 * blockBytes;

/** So many, another thread: to start it takes as long as to copy them. */
export const isWorthHelp = (bytes: number): boolean => bytes > 512 * blockBytes;

/** Begins a copy: a helper at once, this thread when it is asked to finish. */
export function copyRange(copy: RangeCopy, helper?: CopyHelper): Copying {
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const begun = new Int32Array(new SharedArrayBuffer(4));
  const ended = helper?.help({ copy, taken, begun });
  /** A helper that comes when all is taken finds nothing to do, and needs no file: nobody waits for it. */
  const hasHelped = async () => ended === undefined || Atomics.load(begun, 0) === 0 || (await ended());
  const copyRest = async (signal: AbortSignal) => {
    while (!copyBlocks(copy, taken, blocksPerTurn)) {
      await setImmediate();
      signal.throwIfAborted();
    }
  };
  return {
    async finish(signal) {
      await copyRest(signal);
      if (await hasHelped()) return;
      // what the other thread met, this one meets as well, and can tell
      Atomics.store(taken, 0, 0);
      await copyRest(signal);
    },
    async stop() {
      Atomics.store(taken, 0, allTaken);
      await hasHelped();
    },
  };
}

let helper: Promise<CopyHelper | undefined> | undefined;

/**
 * The helper of this process, loaded for those that want one; it ends with the process. Undefined where no thread can be
 * started, as where the system limits them: a copy needs none.
 */
export function copyHelper(): Promise<CopyHelper | undefined> {
  helper ??= import('./openCopyHelper.ts').then(({ openCopyHelper }) => openCopyHelper()).catch(() => undefined);
  return helper;
}
