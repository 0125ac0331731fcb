import { parentPort, workerData } from 'node:worker_threads';
import { fileTasks, type TaskKind, type TaskOf } from './fileTasks.ts';
import type { LocalProject } from './localProject.ts';

/** A thread of runFileTasks: it answers questions; 'stop' lets what is under way clean up and ends it. */
const project: LocalProject = workerData;
const stopped = new AbortController();
const underWay = new Set<Promise<void>>();

interface Question {
  id: number;
  kind: TaskKind;
  task: TaskOf<'examine'> & TaskOf<'clean'>;
}

parentPort?.on('message', (question: Question | 'stop') => {
  if (question === 'stop') {
    stopped.abort();
    Promise.all(underWay).then(() => parentPort?.close());
    return;
  }
  const answer = answerTo(question).finally(() => underWay.delete(answer));
  underWay.add(answer);
});

async function answerTo({ id, kind, task }: Question): Promise<void> {
  try {
    stopped.signal.throwIfAborted();
    parentPort?.postMessage({ id, outcome: await fileTasks[kind](task, project, stopped.signal) });
  } catch (error) {
    parentPort?.postMessage({ id, error: plainError(error) });
  }
}

/** An error's own fields, like `code`, do not cross threads by themselves. */
function plainError(error: unknown) {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), details: {} };
  const details = Object.fromEntries(Object.entries(error).filter(([, value]) => typeof value === 'string'));
  return { name: error.name, message: error.message, details };
}
