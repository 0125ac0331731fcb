import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { forkWorker, type Worker } from './forkWorker.ts';
import { lambdaError } from './lambdaError.ts';
import type { LambdaFunction } from './lambdaFunctions.ts';

/** What one invocation cost, as Lambda bills it. */
export interface InvocationReport {
  functionName: string;
  milliseconds: number;
  peakRssBytes: number;
  memoryMb: number;
  /** The error's name; absent when it ended well. */
  error?: string;
}

/** Called as an invocation starts; `kill` ends its worker as a crash would. */
export type OnInvoke = (started: { functionName: string; input: unknown; kill: () => void }) => void;

export interface WorkerPool {
  /** Rejects as `lambdaError` tells */
  invoke(nameOrArn: string, event: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

interface WorkerPoolOptions {
  functions: LambdaFunction[];
  /** Functions that a person waits for: they never queue behind the others. */
  interactive: ReadonlySet<string>;
  /** How many invocations of the other functions run at once on this machine. */
  concurrency: number;
  environment: Record<string, string>;
  logDirectory: string;
  onInvoke?: OnInvoke | undefined;
  onInvocation?: ((report: InvocationReport) => void) | undefined;
}

/** Requests that run at once; more wait their turn. */
const interactiveConcurrency = 8;
/**
 * Warm processes kept without work, in a tenth of the machine's memory. One submission goes through twenty functions, and
 * some twice at once: with room for fewer, the longest idle goes just before its turn comes, and every start is a cold one.
 */
const idleWorkersMax = Math.max(8, Math.floor(memoryBytes() / 10 / 70e6));
const idleMs = 120_000;

/** Of this machine, or of the container that this process may fill. */
function memoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** Runs each function in processes of its own, kept warm between invocations. A process that dies fails one invocation. */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  mkdirSync(options.logDirectory, { recursive: true, mode: 0o700 });
  const functions = new Map(options.functions.map((lambda) => [lambda.name, lambda]));
  const idle: { name: string; worker: Worker; since: number }[] = [];
  const busy = new Set<Worker>();
  const lanes = { work: createLane(options.concurrency), interactive: createLane(interactiveConcurrency) };
  let stopped = false;

  const takeWorker = (lambda: LambdaFunction): Worker => {
    const index = idle.findLastIndex(({ name, worker }) => name === lambda.name && worker.isAlive());
    const [warm] = index < 0 ? [] : idle.splice(index, 1);
    if (warm !== undefined) return warm.worker;
    const logPath = join(options.logDirectory, `${lambda.name}.log`);
    return forkWorker(lambda, { environment: options.environment, logPath });
  };
  const dropIdle = () => {
    const now = Date.now();
    while (idle.length > 0) {
      const oldest = idle[0];
      if (oldest === undefined || (idle.length <= idleWorkersMax && now - oldest.since < idleMs)) return;
      idle.shift();
      oldest.worker.kill();
    }
  };
  const sweep = setInterval(dropIdle, idleMs / 2);
  sweep.unref();

  const runOn = async (lambda: LambdaFunction, event: unknown): Promise<unknown> => {
    if (stopped) throw lambdaError('Runtime.ExitError', 'Cannot invoke the function: the machine is stopping');
    const worker = takeWorker(lambda);
    busy.add(worker);
    const started = performance.now();
    const report = (error?: string) =>
      options.onInvocation?.({
        functionName: lambda.name,
        milliseconds: performance.now() - started,
        peakRssBytes: worker.peakRssBytes(),
        memoryMb: lambda.memoryMb,
        ...(error !== undefined && { error }),
      });
    try {
      const running = worker.invoke({ id: randomUUID(), event });
      options.onInvoke?.({ functionName: lambda.name, input: event, kill: worker.kill });
      const result = await running;
      report();
      return result;
    } catch (error) {
      report(error instanceof Error ? error.name : 'Error');
      throw error;
    } finally {
      busy.delete(worker);
      if (worker.isAlive()) idle.push({ name: lambda.name, worker, since: Date.now() });
      dropIdle();
    }
  };

  return {
    invoke: async (nameOrArn, event) => {
      const functionName = nameOf(nameOrArn);
      const lambda = functions.get(functionName);
      if (lambda === undefined) throw new Error(`Cannot invoke ${functionName}: the template has no such function`);
      const lane = options.interactive.has(functionName) ? lanes.interactive : lanes.work;
      return await lane(() => runOn(lambda, event));
    },
    stop: async () => {
      stopped = true;
      clearInterval(sweep);
      await Promise.all([...busy, ...idle.map(({ worker }) => worker)].map((worker) => worker.stop()));
    },
  };
}

/** The name in an ARN, whose version or alias makes no difference here. */
const nameOf = (nameOrArn: string) => /:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;

/** Lets so many run at once, the others in the order they came. */
function createLane(width: number): <Result>(run: () => Promise<Result>) => Promise<Result> {
  let free = width;
  const waiting: (() => void)[] = [];
  return async (run) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((enter) => waiting.push(enter));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
