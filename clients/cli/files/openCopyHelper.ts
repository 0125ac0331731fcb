import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CopyHelper } from './copyHelper.ts';

/** Starts the thread of copyHelperProcess. */
export function openCopyHelper(): CopyHelper {
  // beside this one: another source, or another part of the bundle
  const worker = new Worker(new URL(`./copyHelperProcess${extname(import.meta.url)}`, import.meta.url));
  worker.unref();
  const waiting = new Map<number, (could: boolean) => void>();
  let lastId = 0;
  let isOver = false;
  const endAll = () => {
    isOver = true;
    for (const end of waiting.values()) end(false);
  };
  worker.on('error', endAll);
  worker.on('exit', endAll);
  worker.on('message', ({ id, could }: { id: number; could: boolean }) => {
    waiting.get(id)?.(could);
    waiting.delete(id);
  });
  return {
    help(shared) {
      lastId += 1;
      const id = lastId;
      const ended = new Promise<boolean>((resolve) => {
        if (isOver) resolve(false);
        else waiting.set(id, resolve);
      });
      worker.postMessage({ ...shared, id });
      return async () => {
        // a process does not end while it waits for this
        worker.ref();
        return await ended.finally(() => worker.unref());
      };
    },
  };
}
