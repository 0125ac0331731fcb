import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LambdaFunction } from '../../../infra/local/lambdaFunctions.ts';
import {
  createWorkerPool,
  type InvocationReport,
  type OnInvoke,
  type WorkerPool,
} from '../../../infra/local/workerPool.ts';

const handlerModule = `
let calls = 0;
const hold = [];
export async function handler(event, context) {
  calls += 1;
  if (event.do === 'throw') { const error = new Error('Cannot read: ends early'); error.name = 'PackInvalid'; throw error; }
  if (event.do === 'exit') process.exit(3);
  if (event.do === 'grow') while (true) { hold.push(Buffer.alloc(8 * 1024 * 1024, 1)); await new Promise((next) => setTimeout(next, 1)); }
  if (event.do === 'spin') while (true);
  if (event.do === 'wait') await new Promise((next) => setTimeout(next, event.ms));
  console.log(JSON.stringify({ level: 'INFO', calls }));
  return { calls, pid: process.pid, table: process.env.TABLE, home: process.env.HOME, left: context.getRemainingTimeInMillis() };
}`;

let directory: string;
let pool: WorkerPool;
let onInvoke: OnInvoke | undefined;
const reports: InvocationReport[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'airlock-pool-'));
  const modulePath = join(directory, 'index.mjs');
  await writeFile(modulePath, handlerModule);
  const lambda = (name: string, limits: Partial<LambdaFunction>): LambdaFunction => ({
    ...{
      name,
      modulePath,
      handlerName: 'handler',
      environment: { TABLE: 'ledger' },
      memoryMb: 256,
      timeoutSeconds: 20,
    },
    ...limits,
  });
  pool = createWorkerPool({
    functions: [
      lambda('step', {}),
      lambda('brief', { timeoutSeconds: 1 }),
      lambda('route', {}),
      lambda('headless', { handlerName: 'none' }),
    ],
    interactive: new Set(['route']),
    concurrency: 2,
    environment: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' },
    logDirectory: join(directory, 'logs'),
    onInvoke: (started) => onInvoke?.(started),
    onInvocation: (report) => reports.push(report),
  });
});
afterAll(async () => {
  await pool.stop();
  await rm(directory, { recursive: true });
});

test('a function sees the environment of the template and nothing of the machine, and stays warm', async () => {
  const first = await pool.invoke('step', {});
  const second = await pool.invoke('step', {});
  expect(first).toMatchObject({ calls: 1, table: 'ledger' });
  expect(first).not.toHaveProperty('home');
  expect(second).toMatchObject({ calls: 2 });
  expect(reports.at(-1)).toMatchObject({ functionName: 'step', memoryMb: 256 });
  expect(reports.at(-1)?.peakRssBytes).toBeGreaterThan(10_000_000);
  expect(await readFile(join(directory, 'logs', 'step.log'), 'utf8')).toContain('"calls":2');
});

test.each([
  { why: 'throws', name: 'step', event: { do: 'throw' }, error: 'PackInvalid', message: /^Cannot read: ends early$/ },
  { why: 'exits', name: 'step', event: { do: 'exit' }, error: 'Runtime.ExitError', message: /without an answer/ },
  { why: 'outgrows its memory', name: 'step', event: { do: 'grow' }, error: 'Runtime.ExitError', message: /256 MB/ },
  {
    why: 'runs too long',
    name: 'brief',
    event: { do: 'wait', ms: 9000 },
    error: 'Sandbox.Timedout',
    message: /1 seconds/,
  },
  { why: 'never yields', name: 'brief', event: { do: 'spin' }, error: 'Sandbox.Timedout', message: /1 seconds/ },
  { why: 'exports no handler', name: 'headless', event: {}, error: 'Error', message: /exports no none/ },
])('an invocation that $why fails alone, under the name Lambda gives it', async ({ name, event, error, message }) => {
  const neighbour = pool.invoke('step', { do: 'wait', ms: 300 });
  await expect(pool.invoke(name, event)).rejects.toMatchObject({
    name: error,
    message: expect.stringMatching(message),
  });
  await expect(neighbour).resolves.toHaveProperty('pid');
  expect(reports).toContainEqual(expect.objectContaining({ functionName: name, error }));
});

test('a worker can be killed in the middle, as a crash would', async () => {
  onInvoke = ({ kill }) => setTimeout(kill, 100);
  await expect(pool.invoke('step', { do: 'wait', ms: 5000 })).rejects.toMatchObject({ name: 'Runtime.ExitError' });
  onInvoke = undefined;
  await expect(pool.invoke('step', {})).resolves.toHaveProperty('pid');
});

test('requests do not queue behind steps', async () => {
  const order: string[] = [];
  const steps = [1, 2, 3].map(() => pool.invoke('step', { do: 'wait', ms: 700 }).then(() => order.push('step')));
  await pool.invoke('route', {}).then(() => order.push('route'));
  await Promise.all(steps);
  expect(order).toEqual(['route', 'step', 'step', 'step']);
});

test('workers end with their pool', async () => {
  const answer = await pool.invoke('step', {});
  const pid = Object(answer).pid;
  await pool.stop();
  await sleep(50);
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
});
