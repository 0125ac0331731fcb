import { enableCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { compileAhead, setStreamingFlags } from '../start/streamingFlags.js';
import type { TaskKind, TaskOf } from './fileTasks.ts';
import type { FileWorkerData } from './fileWorker.ts';

const { project, compiledIn }: FileWorkerData = workerData;
if (compiledIn !== undefined) {
  await setStreamingFlags();
  enableCompileCache(compiledIn);
  compileAhead();
}
const { doTasks } = await import('./fileTasks.ts');

/** A thread of openFileThreads: it answers questions; 'stop' lets what is under way clean up and ends it. */
const stopped = new AbortController();
/** What was asked before must end first. */
let last = Promise.resolve();

interface Question {
  id: number;
  kind: TaskKind;
  tasks: readonly (TaskOf<'examine'> & TaskOf<'clean'>)[];
}

parentPort?.on('message', (question: Question | 'stop') => {
  if (question === 'stop') {
    stopped.abort();
    last.then(() => parentPort?.close());
    return;
  }
  last = last.then(() => answerTo(question));
});

async function answerTo({ id, ...asked }: Question): Promise<void> {
  try {
    parentPort?.postMessage({ id, outcomes: await Array.fromAsync(doTasks(asked, project, stopped.signal)) });
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
