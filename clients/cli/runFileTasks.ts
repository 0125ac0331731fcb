import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { fileTasks, type OutcomeOf, type TaskKind, type TaskOf } from './fileTasks.ts';
import type { LocalProject } from './localProject.ts';

interface Run<Kind extends TaskKind> {
  kind: Kind;
  tasks: readonly TaskOf<Kind>[];
  /** Threads; default: the processors of this computer. */
  jobs: number | undefined;
  project: LocalProject;
  signal: AbortSignal;
}

/** What a worker is asked and what it answers. */
type Question = { id: number; kind: TaskKind; task: unknown } | 'stop';
type Answer<Kind extends TaskKind> =
  | { id: number; outcome: OutcomeOf<Kind> }
  | { id: number; error: { name: string; message: string; details: Record<string, unknown> } };

/** Below these a thread costs more than it brings. */
const worthwhileFiles = 64;
const worthwhileBytes = 32 * 1024 * 1024;
/** A large file may take its time while others go on; their outcomes wait. */
const outcomesWaiting = 256;

/**
 * Does one kind of work on every file, by several threads, and yields the outcomes in the order of the tasks: the same
 * ones in the same order, however many threads there are. What a task throws ends the run.
 */
export async function* runFileTasks<Kind extends TaskKind>(run: Run<Kind>): AsyncGenerator<OutcomeOf<Kind>, void> {
  const { kind, tasks, project, signal } = run;
  const bytes = tasks.reduce((sum, { file }) => sum + file.sizeBytes, 0);
  const isWorthwhile = tasks.length > worthwhileFiles || (tasks.length > 1 && bytes > worthwhileBytes);
  const threads = Math.min(run.jobs ?? availableParallelism(), tasks.length);
  if (threads > 1 && (isWorthwhile || run.jobs !== undefined)) {
    yield* runInThreads(run, threads);
    return;
  }
  for (const task of tasks) {
    signal.throwIfAborted();
    yield await fileTasks[kind](task, project, signal);
  }
}

async function* runInThreads<Kind extends TaskKind>(run: Run<Kind>, threads: number): AsyncGenerator<OutcomeOf<Kind>> {
  const { kind, tasks, project, signal } = run;
  const workers = Array.from({ length: threads }, () => openWorker<Kind>(project));
  // two tasks each, so that no thread waits for the next one to reach it
  const free = [...workers, ...workers];
  const waiting: ((worker: (typeof workers)[number]) => void)[] = [];
  const outcomes: Promise<OutcomeOf<Kind>>[] = [];
  const stop = () => {
    for (const worker of workers) worker.stop();
  };
  const doTask = async (task: TaskOf<Kind>) => {
    const worker = free.pop() ?? (await new Promise<(typeof workers)[number]>((take) => waiting.push(take)));
    try {
      signal.throwIfAborted();
      return await worker.ask(kind, task);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(worker);
      else next(worker);
    }
  };
  signal.addEventListener('abort', stop);
  try {
    for (const task of tasks) {
      signal.throwIfAborted();
      const outcome = doTask(task);
      outcome.catch(() => undefined);
      outcomes.push(outcome);
      const first = outcomes.length < outcomesWaiting ? undefined : outcomes.shift();
      if (first !== undefined) yield await first;
    }
    for (let first = outcomes.shift(); first !== undefined; first = outcomes.shift()) yield await first;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    // each task under way takes its unfinished file with it
    await Promise.all(workers.map((worker) => worker.ended));
  }
}

function openWorker<Kind extends TaskKind>(project: LocalProject) {
  const worker = new Worker(new URL('./fileWorkerProcess.ts', import.meta.url), { workerData: project });
  const asked = new Map<number, PromiseWithResolvers<OutcomeOf<Kind>>>();
  let lastId = 0;
  const failAll = (error: Error) => {
    for (const each of asked.values()) each.reject(error);
    asked.clear();
  };
  worker.on('message', (answer: Answer<Kind>) => {
    const question = asked.get(answer.id);
    asked.delete(answer.id);
    if ('outcome' in answer) question?.resolve(answer.outcome);
    else
      question?.reject(
        Object.assign(new Error(answer.error.message), answer.error.details, { name: answer.error.name }),
      );
  });
  worker.on('error', failAll);
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      failAll(new Error('A thread ended before its work'));
      resolve();
    });
  });
  return {
    ended,
    stop: () => worker.postMessage('stop' satisfies Question),
    ask(kind: Kind, task: TaskOf<Kind>): Promise<OutcomeOf<Kind>> {
      lastId += 1;
      const question = Promise.withResolvers<OutcomeOf<Kind>>();
      asked.set(lastId, question);
      worker.postMessage({ id: lastId, kind, task } satisfies Question);
      return question.promise;
    },
  };
}
