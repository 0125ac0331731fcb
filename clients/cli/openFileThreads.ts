import { availableParallelism } from 'node:os';
import { fileTasks, type OutcomeOf, type TaskKind, type TaskOf } from './fileTasks.ts';
import type { LocalProject } from './localProject.ts';
import { endLoading, growYoungGeneration } from './streamingFlags.js';

interface Opening {
  /** All that will be read: few files are not worth a thread. */
  files: readonly { sizeBytes: number }[];
  /** Threads; default: the processors of this computer. */
  jobs: number | undefined;
  project: LocalProject;
  signal: AbortSignal;
}

export interface FileThreads {
  /**
   * Does one kind of work on every file and yields the outcomes in the order of the tasks: the same ones in the same
   * order, however many threads there are. What a task throws ends the run.
   */
  run<Kind extends TaskKind>(kind: Kind, tasks: readonly TaskOf<Kind>[]): AsyncGenerator<OutcomeOf<Kind>, void>;
  close(): Promise<void>;
}

/** Below these a thread costs more than it brings. */
const worthwhileFiles = 1000;
const worthwhileBytes = 512 * 1024 * 1024;
/** Files that a thread has open at once: one is read or written while the other is worked on. */
const filesPerThread = 2;
/** A large file may take its time while others go on; their outcomes wait. */
const outcomesWaiting = 256;

/** Somebody who does a task at a time. */
type Hand<Kind extends TaskKind> = (task: TaskOf<Kind>) => Promise<OutcomeOf<Kind>>;

export async function openFileThreads({ files, jobs, project, signal }: Opening): Promise<FileThreads> {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const isWorthwhile = files.length > worthwhileFiles || (files.length > 1 && bytes > worthwhileBytes);
  const threads = Math.min(jobs ?? (isWorthwhile ? availableParallelism() : 1), files.length);
  if (threads > 1) return inThreads(threads, project, signal);
  return {
    run: (kind, tasks) => oneByOne({ tasks, signal }, (task) => fileTasks[kind](task, project, signal)),
    close: async () => undefined,
  };
}

async function inThreads(threads: number, project: LocalProject, signal: AbortSignal): Promise<FileThreads> {
  const { openFileWorker } = await import('./fileWorker.ts');
  // until one answers: by then they are loaded
  growYoungGeneration();
  const workers = Array.from({ length: threads }, () => openFileWorker(project));
  const stop = () => {
    for (const worker of workers) worker.stop();
  };
  signal.addEventListener('abort', stop);
  return {
    run<Kind extends TaskKind>(kind: Kind, tasks: readonly TaskOf<Kind>[]) {
      const hands = workers.map(
        (worker): Hand<Kind> =>
          (task) =>
            worker.ask(kind, task).finally(endLoading),
      );
      return inOrder({ tasks, signal }, Array<Hand<Kind>[]>(filesPerThread).fill(hands).flat());
    },
    async close() {
      signal.removeEventListener('abort', stop);
      stop();
      // each task under way takes its unfinished file with it
      await Promise.all(workers.map(({ ended }) => ended));
    },
  };
}

/** Reading and writing block in one thread: to have two files open at once would only take turns. */
async function* oneByOne<Kind extends TaskKind>(
  { tasks, signal }: { tasks: readonly TaskOf<Kind>[]; signal: AbortSignal },
  hand: Hand<Kind>,
): AsyncGenerator<OutcomeOf<Kind>, void> {
  for (const task of tasks) {
    signal.throwIfAborted();
    yield await hand(task);
  }
}

async function* inOrder<Kind extends TaskKind>(
  { tasks, signal }: { tasks: readonly TaskOf<Kind>[]; signal: AbortSignal },
  hands: readonly Hand<Kind>[],
): AsyncGenerator<OutcomeOf<Kind>, void> {
  const free = [...hands];
  const waiting: ((hand: Hand<Kind>) => void)[] = [];
  const outcomes: Promise<OutcomeOf<Kind>>[] = [];
  const doTask: Hand<Kind> = async (task) => {
    const hand = free.shift() ?? (await new Promise<Hand<Kind>>((take) => waiting.push(take)));
    try {
      signal.throwIfAborted();
      return await hand(task);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(hand);
      else next(hand);
    }
  };
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
    // what is under way ends before the caller tidies up
    if (signal.aborted) await Promise.allSettled(outcomes);
  }
}
