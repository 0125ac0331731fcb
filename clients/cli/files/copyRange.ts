import { setImmediate } from 'node:timers/promises';
import { blockBytes, copyBlocks, type RangeCopy } from './copyBlocks.ts';
import type { CopyHelper } from './copyHelper.ts';

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
