import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { lambdaError } from './lambdaError.ts';
import { functionArn, type LambdaFunction } from './lambdaFunctions.ts';
import { localAccount } from './resolveTemplate.ts';

/** One process with one function in it, one invocation at a time. */
export interface Worker {
  pid: number | undefined;
  /** False once the process has ended or must not be used again. */
  isAlive(): boolean;
  /** Rejects as `lambdaError` tells */
  invoke(invocation: { id: string; event: unknown }): Promise<unknown>;
  /** Of the last invocation. */
  peakRssBytes(): number;
  kill(): void;
  stop(): Promise<void>;
}

/** What a worker answers: the handler's result, or its error as Lambda reports it. */
const WorkerAnswer = z.union([
  z.object({ id: z.string(), result: z.unknown() }),
  z.object({ id: z.string(), error: z.object({ errorType: z.string(), errorMessage: z.string() }) }),
]);

const MIB = 1024 * 1024;
const rssPollMs = 100;
const pageBytes = 4096;

/** Starts the process of a function. `environment` is added to the function's own; nothing else is inherited. */
export function forkWorker(
  lambda: LambdaFunction,
  { environment, logPath }: { environment: Record<string, string>; logPath: string },
): Worker {
  const log = openSync(logPath, 'a', 0o600);
  const child = fork(fileURLToPath(new URL('./workerProcess.ts', import.meta.url)), [], {
    execArgv: [`--max-old-space-size=${lambda.memoryMb}`, '--enable-source-maps'],
    env: workerEnvironment(lambda, environment),
    stdio: ['ignore', log, log, 'ipc'],
    serialization: 'json',
  });
  closeSync(log);
  let alive = true;
  child.on('exit', () => {
    alive = false;
  });
  const kill = () => {
    alive = false;
    child.kill('SIGKILL');
  };
  const memory = { peakRssBytes: 0 };
  return {
    pid: child.pid,
    isAlive: () => alive && child.connected,
    invoke: (invocation) => runInvocation({ child, lambda, kill, memory, ...invocation }),
    peakRssBytes: () => memory.peakRssBytes,
    kill,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      kill();
      await ended;
    },
  };
}

interface Running {
  child: ChildProcess;
  lambda: LambdaFunction;
  kill: () => void;
  memory: { peakRssBytes: number };
  id: string;
  event: unknown;
}

function runInvocation({ child, lambda, kill, memory, id, event }: Running): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  memory.peakRssBytes = 0;
  let killedFor: Error | undefined;
  const end = (error: Error) => {
    killedFor ??= error;
    kill();
  };
  const exited = () => reject(killedFor ?? lambdaError('Runtime.ExitError', 'Runtime exited without an answer'));
  const timeout = setTimeout(
    () => end(lambdaError('Sandbox.Timedout', `Task timed out after ${lambda.timeoutSeconds} seconds`)),
    lambda.timeoutSeconds * 1000,
  );
  const watchdog = setInterval(() => {
    memory.peakRssBytes = Math.max(memory.peakRssBytes, residentBytes(child.pid));
    if (memory.peakRssBytes <= lambda.memoryMb * MIB) return;
    end(lambdaError('Runtime.ExitError', `Runtime exited: more than its ${lambda.memoryMb} MB of memory in use`));
  }, rssPollMs);
  const answered = (message: unknown) => {
    const answer = WorkerAnswer.parse(message);
    if (answer.id !== id) return;
    memory.peakRssBytes = Math.max(memory.peakRssBytes, residentBytes(child.pid));
    if ('error' in answer) reject(lambdaError(answer.error.errorType, answer.error.errorMessage));
    else resolve(answer.result);
  };
  child.on('exit', exited);
  child.on('message', answered);
  child.send({ id, event, deadline: Date.now() + lambda.timeoutSeconds * 1000 }, (error) => {
    if (error !== null) exited();
  });
  return promise.finally(() => {
    clearTimeout(timeout);
    clearInterval(watchdog);
    child.off('exit', exited);
    child.off('message', answered);
  });
}

/** Resident memory as the kernel counts it; 0 where there is no /proc: the heap limit of V8 alone holds there. */
function residentBytes(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1] ?? 0) * pageBytes;
  } catch {
    return 0;
  }
}

function workerEnvironment(lambda: LambdaFunction, environment: Record<string, string>): Record<string, string> {
  return {
    ...environment,
    ...lambda.environment,
    AWS_LAMBDA_FUNCTION_NAME: lambda.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(lambda.memoryMb),
    AWS_REGION: localAccount.region,
    AIRLOCK_WORKER_MODULE: lambda.modulePath,
    AIRLOCK_WORKER_HANDLER: lambda.handlerName,
    AIRLOCK_WORKER_ARN: functionArn(lambda.name),
    NODE_NO_WARNINGS: '1',
  };
}
