import { parentPort } from 'node:worker_threads';
import { copyBlocks } from './copyBlocks.ts';
import type { SharedCopy } from './copyHelper.ts';

/** A thread that takes blocks of copies, and answers whether it could. It loads nothing else, to be there at once. */
parentPort?.on('message', ({ id, copy, taken, begun }: SharedCopy & { id: number }) => {
  Atomics.store(begun, 0, 1);
  try {
    copyBlocks(copy, taken);
    parentPort?.postMessage({ id, could: true });
  } catch {
    // the thread that asked copies again, and tells what is wrong
    parentPort?.postMessage({ id, could: false });
  }
});
