import { setImmediate } from 'node:timers/promises';
import { blockBytes, copyBlocks, type RangeCopy } from './copyBlocks.ts';

/** What the other thread is asked; it answers whether it could do its part. */
export interface HelpAsked {
  copy: RangeCopy;
  taken: Int32Array;
}

/** Another thread that takes blocks of a copy. */
export interface CopyHelper {
  /** Answers when it has left off: false where it could not do what it took. */
  help(asked: HelpAsked): Promise<boolean>;
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

/** Begins a copy: a helper at once, this thread when it is asked to finish. */
export function copyRange(copy: RangeCopy, helper?: CopyHelper): Copying {
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const helped = helper?.help({ copy, taken }) ?? Promise.resolve(true);
  const copyRest = async (signal: AbortSignal) => {
    while (!copyBlocks(copy, taken, blocksPerTurn)) {
      await setImmediate();
      signal.throwIfAborted();
    }
  };
  return {
    async finish(signal) {
      await copyRest(signal);
      if (await helped) return;
      // what the other thread met, this one meets as well, and can tell
      Atomics.store(taken, 0, 0);
      await copyRest(signal);
    },
    async stop() {
      Atomics.store(taken, 0, allTaken);
      await helped;
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
