import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CopyHelper, HelpAsked } from './copyRange.ts';

/** Starts the thread of copyHelperProcess. */
export function openCopyHelper(): CopyHelper {
  // beside this one: another source, or another part of the bundle
  const worker = new Worker(new URL(`./copyHelperProcess${extname(import.meta.url)}`, import.meta.url));
  worker.unref();
  const ended = new Promise<boolean>((resolve) => {
    worker.on('error', () => resolve(false));
    worker.on('exit', () => resolve(false));
  });
  return {
    async help(asked) {
      // a process does not end while it waits for this
      worker.ref();
      try {
        const answer = new Promise<boolean>((resolve) => worker.once('message', resolve));
        worker.postMessage(asked satisfies HelpAsked);
        return await Promise.race([answer, ended]);
      } finally {
        worker.unref();
      }
    },
  };
}
