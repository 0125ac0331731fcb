import { parentPort, workerData } from 'node:worker_threads';
import { fileTasks, type TaskKind, type TaskOf } from './fileTasks.ts';
import type { LocalProject } from './localProject.ts';

/** A thread of runFileTasks: one question at a time is answered; 'stop' lets what is under way clean up and ends it. */
const project: LocalProject = workerData;
const stopped = new AbortController();
let last: Promise<void> = Promise.resolve();

parentPort?.on(
  'message',
  (question: { id: number; kind: TaskKind; task: TaskOf<'examine'> & TaskOf<'clean'> } | 'stop') => {
    if (question === 'stop') {
      stopped.abort();
      last.finally(() => parentPort?.close());
      return;
    }
    const { id, kind, task } = question;
    last = last.then(async () => {
      try {
        stopped.signal.throwIfAborted();
        parentPort?.postMessage({ id, outcome: await fileTasks[kind](task, project, stopped.signal) });
      } catch (error) {
        parentPort?.postMessage({ id, error: plainError(error) });
      }
    });
  },
);

/** An error's own fields, like `code`, do not cross threads by themselves. */
function plainError(error: unknown) {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), details: {} };
  const details = Object.fromEntries(Object.entries(error).filter(([, value]) => typeof value === 'string'));
  return { name: error.name, message: error.message, details };
}
