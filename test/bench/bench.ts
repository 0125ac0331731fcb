import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ChainedEvent } from '../../core/audit/AuditEvent.ts';
import { buildWhenStale } from '../../infra/local/buildWhenStale.ts';
import { benchFolder } from './benchFolder.ts';
import { costOf } from './costModel.ts';
import { benchDeidentify } from './deidentify.ts';
import { benchHeads } from './heads.ts';
import { type Run, runSubmission } from './runSubmission.ts';
import { writeSlices } from './writeSlices.ts';

/**
 * `npm run bench`: 1,000 CT slices of 0.5 MB through the whole system on this machine, in one run, then de-identification
 * alone beside other tools, then the largest heads; `npm run bench -- pipeline`, `-- deid` and `-- heads`: one of them. Prints what test/bench/README.md tells.
 */
const SLICES = 1000;
const WARM_UP_SLICES = 150;

const [, , only] = process.argv;
if (only === undefined || only === 'pipeline') await benchPipeline();
if (only === undefined || only === 'deid') await benchDeidentify();
if (only === undefined || only === 'heads') await benchHeads();

async function benchPipeline(): Promise<void> {
  const directory = benchFolder();
  try {
    await buildWhenStale(console.log);
    const bytes = writeSlices(join(directory, 'slices'), SLICES);
    writeSlices(join(directory, 'warm-up'), WARM_UP_SLICES, 'warm-up');
    const run = await runSubmission(join(directory, 'data'), join(directory, 'slices'), join(directory, 'warm-up'));
    report(run, bytes);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function report({ events, counters, peaks, cpu, seconds }: Run, bytes: number): void {
  const rate = (over: number) =>
    `${(SLICES / over).toFixed(0).padStart(6)} files/s ${(bytes / over / 1e6).toFixed(0).padStart(6)} MB/s`;
  console.log(`\n${SLICES} slices, ${(bytes / 1e6).toFixed(0)} MB`);
  console.log(`${'end to end'.padEnd(28)} ${seconds.toFixed(2).padStart(7)} s ${rate(seconds)}`);
  for (const [stage, over] of stagesOf(events))
    console.log(`  ${stage.padEnd(26)} ${over.toFixed(2).padStart(7)} s ${rate(over)}`);

  const cpuByUse = Object.entries(cpu).sort(([, left], [, right]) => right - left);
  console.log(`\nCPU, s\n  ${'all'.padEnd(28)} ${cpuByUse.reduce((sum, [, each]) => sum + each, 0).toFixed(2)}`);
  for (const [name, each] of cpuByUse) if (each >= 0.1) console.log(`  ${name.padEnd(28)} ${each.toFixed(2)}`);

  console.log('\npeak memory, MB');
  const workers = Object.entries(counters.invocations).map(([name, { peakRssBytes }]): [string, number] => [
    `worker ${name}`,
    peakRssBytes,
  ]);
  for (const [name, peak] of [...Object.entries(peaks), ...workers])
    console.log(`  ${name.padEnd(28)} ${(peak / 1e6).toFixed(0).padStart(5)}`);

  console.log('\nLambda');
  for (const [name, { invocations, milliseconds, gbSeconds }] of Object.entries(counters.invocations)) {
    console.log(
      `  ${name.padEnd(22)} ${String(invocations).padStart(4)} calls ${milliseconds.toFixed(0).padStart(7)} ms ${gbSeconds.toFixed(2).padStart(7)} GB-s`,
    );
  }
  console.log(`\nS3 requests ${JSON.stringify(counters.s3)}`);
  console.log(`Step Functions ${JSON.stringify(counters.workflow)}`);
  reportCost({ events, counters }, bytes);
}

/** Each state from the event that entered it to the one that left it. */
function stagesOf(events: ChainedEvent[]): [string, number][] {
  const at = (type: ChainedEvent['type']) => Date.parse(events.find((event) => event.type === type)?.at ?? '');
  const between = (from: ChainedEvent['type'], to: ChainedEvent['type']) => (at(to) - at(from)) / 1000;
  return [
    ['upload', between('submission.created', 'submission.committed')],
    ['start and Plan', between('submission.committed', 'submission.planned')],
    ['Validate and Review', between('submission.planned', 'files.validated')],
    ['Anonymize', between('files.validated', 'files.anonymized')],
    ['CheckIntegrity', between('files.anonymized', 'integrity.checked')],
    ['Push', between('integrity.checked', 'files.pushed')],
    ['Confirm and Seal', between('files.pushed', 'receipt.sealed')],
  ];
}

function reportCost({ events, counters }: Pick<Run, 'events' | 'counters'>, bytes: number): void {
  const all = Object.values(counters.invocations);
  const sum = (of: (counts: (typeof all)[number]) => number) => all.reduce((total, counts) => total + of(counts), 0);
  const api = Object.entries(counters.invocations).filter(([name]) =>
    /^(describe|create|list|get|put|sign|complete|commit)/.test(name),
  );
  const cost = costOf({
    s3Requests: counters.s3,
    transitions: counters.workflow.transitions,
    expressExecutions: counters.workflow.expressExecutions,
    expressSeconds: counters.workflow.expressMilliseconds / 1000,
    invocations: { count: sum(({ invocations }) => invocations), gbSeconds: sum(({ gbSeconds }) => gbSeconds) },
    apiRequests: api.reduce((total, [, { invocations }]) => total + invocations, 0),
    tableWrites: 2 * events.length,
    bytes,
  });
  const total = Object.values(cost).reduce((all, part) => all + part, 0);
  console.log('\nAWS cost per 1,000 files, without egress');
  for (const [part, dollars] of Object.entries(cost))
    console.log(`  ${part.padEnd(16)} $${((dollars * 1000) / SLICES).toFixed(5)}`);
  console.log(`  ${'all'.padEnd(16)} $${((total * 1000) / SLICES).toFixed(5)}`);
}
