import { availableParallelism } from 'node:os';
import { compileForLong, endLoading } from '../start/streamingFlags.js';
import { doTasks, type OutcomeOf, type TaskKind, type TaskOf, tellsMuch } from './fileTasks.ts';
import type { LocalProject } from './localProject.ts';

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
  /** A processor is left that none of these threads uses. */
  sparesCore: boolean;
  close(): Promise<void>;
}

/** Below these a thread costs more than it brings. */
const worthwhileFiles = 750;
const worthwhileBytes = 512 * 1024 * 1024;
/** With as many the last of V8's compilers saves as much as it takes. */
const longFiles = 10_000;
/** What is asked at once: to ask, and to be answered, takes as long as to work on a tenth of a slice. */
const batchFiles = 32;
const batchBytes = 16 * 1024 * 1024;
/** Of few files each thread gets several batches, so that all end together. */
const batchesPerThread = 8;
/** One is worked on, and one waits. */
const batchesPerWorker = 2;
/** A large file may take its time while others go on; their outcomes wait. */
const batchesWaiting = 16;

type Batch<Kind extends TaskKind> = TaskOf<Kind>[];
/** Somebody who does a batch at a time. */
type Hand<Kind extends TaskKind> = (batch: Batch<Kind>) => Promise<OutcomeOf<Kind>[]>;

export async function openFileThreads({ files, jobs, project, signal }: Opening): Promise<FileThreads> {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const isWorthwhile = files.length > worthwhileFiles || (files.length > 1 && bytes > worthwhileBytes);
  const threads = Math.min(jobs ?? (isWorthwhile ? availableParallelism() : 1), files.length);
  const isLong = files.length > longFiles;
  if (threads > 1) return inThreads({ threads, isLong }, project, signal);
  if (isLong) compileForLong();
  return {
    run: (kind, tasks) => doTasks({ kind, tasks }, project, signal),
    sparesCore: jobs === undefined && availableParallelism() > 1,
    close: async () => undefined,
  };
}

/** This thread works too: it is loaded already. */
async function inThreads(
  { threads, isLong }: { threads: number; isLong: boolean },
  project: LocalProject,
  signal: AbortSignal,
): Promise<FileThreads> {
  const { openFileWorker } = await import('./fileWorker.ts');
  const workers = Array.from({ length: threads - 1 }, () => openFileWorker(project));
  const settleFlags = () => {
    endLoading();
    if (isLong) compileForLong();
  };
  const stop = () => {
    for (const worker of workers) worker.stop();
  };
  signal.addEventListener('abort', stop);
  // a run that ends by a fault leaves batches to this thread that it must not begin, nor go on with
  const closing = new AbortController();
  const open = AbortSignal.any([signal, closing.signal]);
  let underWay: Promise<unknown> = Promise.resolve();
  return {
    run<Kind extends TaskKind>(kind: Kind, tasks: readonly TaskOf<Kind>[]) {
      const here: Hand<Kind> = (batch) => {
        const outcomes = Array.fromAsync(doTasks({ kind, tasks: batch }, project, open));
        underWay = outcomes.catch(() => undefined);
        return outcomes;
      };
      const theirs = workers.map(
        (worker): Hand<Kind> =>
          (batch) =>
            worker.ask(kind, batch).finally(settleFlags),
      );
      const hands = Array<Hand<Kind>[]>(batchesPerWorker).fill(theirs).flat();
      return inOrder({ batches: batchesOf({ kind, tasks }, threads), signal }, [here, ...hands]);
    },
    sparesCore: false,
    async close() {
      signal.removeEventListener('abort', stop);
      stop();
      closing.abort();
      // each task under way takes its unfinished file with it
      await Promise.all([underWay, ...workers.map(({ ended }) => ended)]);
    },
  };
}

function batchesOf<Kind extends TaskKind>(
  { kind, tasks }: { kind: Kind; tasks: readonly TaskOf<Kind>[] },
  threads: number,
): Batch<Kind>[] {
  const most = Math.min(batchFiles, Math.ceil(tasks.length / (threads * batchesPerThread)));
  const batches: Batch<Kind>[] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const task of tasks) {
    bytes += task.file.sizeBytes;
    const batch = batches.at(-1);
    if (batch !== undefined && bytes <= batchBytes && batch.length < most && !tellsMuch(kind, task)) {
      batch.push(task);
      continue;
    }
    batches.push([task]);
    bytes = task.file.sizeBytes;
  }
  return batches;
}

async function* inOrder<Kind extends TaskKind>(
  { batches, signal }: { batches: readonly Batch<Kind>[]; signal: AbortSignal },
  hands: readonly Hand<Kind>[],
): AsyncGenerator<OutcomeOf<Kind>, void> {
  const free = [...hands];
  const waiting: ((hand: Hand<Kind>) => void)[] = [];
  const outcomes: Promise<OutcomeOf<Kind>[]>[] = [];
  const doBatch: Hand<Kind> = async (batch) => {
    const hand = free.shift() ?? (await new Promise<Hand<Kind>>((take) => waiting.push(take)));
    try {
      signal.throwIfAborted();
      return await hand(batch);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(hand);
      else next(hand);
    }
  };
  try {
    for (const batch of batches) {
      signal.throwIfAborted();
      const outcome = doBatch(batch);
      outcome.catch(() => undefined);
      outcomes.push(outcome);
      const first = outcomes.length < batchesWaiting ? undefined : outcomes.shift();
      if (first !== undefined) yield* await first;
    }
    for (let first = outcomes.shift(); first !== undefined; first = outcomes.shift()) yield* await first;
  } finally {
    // what is under way ends before the caller tidies up
    if (signal.aborted) await Promise.allSettled(outcomes);
  }
}
