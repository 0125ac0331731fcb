import { parentPort } from 'node:worker_threads';
import { copyBlocks } from './copyBlocks.ts';
import type { HelpAsked } from './copyRange.ts';

/** A thread that takes blocks of copies, and answers whether it could. It loads nothing else, to be there at once. */
parentPort?.on('message', ({ copy, taken }: HelpAsked) => {
  try {
    copyBlocks(copy, taken);
    parentPort?.postMessage(true);
  } catch {
    // the thread that asked copies again, and tells what is wrong
    parentPort?.postMessage(false);
  }
});
