import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { ChainedEvent } from '../../core/audit/AuditEvent.ts';
import type { Counters } from '../../infra/local/startAirlock.ts';
import { sqliteLedger } from '../../lambdas/adapters/sqliteLedger.ts';
import { peakMemoryOf } from '../fixtures/peakMemoryOf.ts';
import { cpuSecondsByName, endedCpuSeconds } from './cpuSeconds.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Run {
  events: ChainedEvent[];
  /** Of this run alone. */
  counters: Counters;
  /** Highest resident memory (bytes) by process. */
  peaks: Record<string, number>;
  /** CPU time (s) by process. */
  cpu: Record<string, number>;
  /** From the start of the command line to its end, with the receipt verified. */
  seconds: number;
}

/** Starts the whole system, sends a folder with the command line as a site does, and ends it. */
export async function runSubmission(dataDir: string, folder: string, warmUp: string): Promise<Run> {
  const server = fork(fileURLToPath(new URL('./airlockProcess.ts', import.meta.url)), [dataDir]);
  const { pids } = Ready.parse(await nextMessage(server));
  // a submission of several packs first, so that the functions of each map are warm on both cores
  await uploadFolder(dataDir, warmUp);
  const before = await countersOf(server);
  const cpuBefore = cpuSecondsByName(pids);
  const endedBefore = endedCpuSeconds();
  const started = performance.now();
  const { submission, peakBytes } = await uploadFolder(dataDir, folder);
  const seconds = (performance.now() - started) / 1000;
  const cpu = {
    'command line': endedCpuSeconds() - endedBefore,
    ...less(cpuSecondsByName(pids), cpuBefore),
  };
  const counters = difference(await countersOf(server), before);
  const peaks = {
    'command line': peakBytes,
    server: peakMemoryOf(pids.server),
    S3: peakMemoryOf(pids.s3),
    XNAT: peakMemoryOf(pids.xnat),
  };
  const ledger = sqliteLedger({ path: join(dataDir, 'ledger.sqlite') });
  const events = await ledger.events(submission);
  ledger.close();
  server.send('stop');
  await once(server, 'exit');
  return { events, counters, peaks, cpu, seconds };
}

const Pid = z.int().optional();
const Ready = z.object({ pids: z.object({ server: z.int(), s3: Pid, xnat: Pid }) });
const Counts = z.object({ counters: z.custom<Counters>((value) => typeof value === 'object') });
const Summary = z.object({ type: z.literal('summary'), state: z.literal('archived'), submission: z.string() });

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, 'message');
  return message;
}

async function countersOf(server: ChildProcess): Promise<Counters> {
  server.send('counters');
  return Counts.parse(await nextMessage(server)).counters;
}

async function uploadFolder(dataDir: string, folder: string): Promise<{ submission: string; peakBytes: number }> {
  const cli = join(root, 'clients/cli/airlock.js');
  const child = spawn(process.execPath, [cli, 'upload', folder, '--project', 'DEMO', '--wait', '--json'], {
    env: { ...process.env, AIRLOCK_HOME: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakMemoryOf(child.pid));
  }, 50);
  let submission: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    submission ??= Summary.safeParse(JSON.parse(line)).data?.submission;
  }
  clearInterval(watch);
  const [code] = await exit;
  if (submission === undefined) throw new Error(`Cannot measure: the command line ended with ${code}, not archived`);
  return { submission, peakBytes };
}

const less = (now: Record<string, number>, then: Record<string, number> = {}) =>
  Object.fromEntries(Object.entries(now).map(([name, count]) => [name, count - (then[name] ?? 0)]));

function difference(after: Counters, before: Counters): Counters {
  return z.custom<Counters>().parse({
    s3: less(after.s3, before.s3),
    workflow: less({ ...after.workflow }, { ...before.workflow }),
    invocations: Object.fromEntries(
      Object.entries(after.invocations).map(([name, counts]) => [
        name,
        { ...less({ ...counts }, { ...before.invocations[name] }), peakRssBytes: counts.peakRssBytes },
      ]),
    ),
  });
}
