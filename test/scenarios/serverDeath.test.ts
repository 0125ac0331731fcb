import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildWhenStale } from '../../infra/local/buildWhenStale.ts';
import { s3Client } from '../../lambdas/adapters/s3Client.ts';
import { expectArchivedOnce, oneReceipt } from './expectArchivedOnce.ts';
import { listVersions } from './listVersions.ts';
import { openSite, type Site } from './site.ts';
import { studyOf } from './study.ts';
import { type Death, type Ready, superviseMachine } from './superviseMachine.ts';

let folder: string;
let supervisor: Awaited<ReturnType<typeof superviseMachine>>;
let running: Awaited<ReturnType<typeof supervisor.start>> | undefined;

beforeAll(() => buildWhenStale(), 180_000);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airlock-death-'));
  supervisor = await superviseMachine(join(folder, 'data'));
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await supervisor.end();
  await rm(folder, { recursive: true, force: true });
});

const siteOf = (begun: Ready | undefined): Site => {
  if (begun === undefined) throw new Error('Cannot go on: the machine died before it was ready');
  return openSite({ ...begun, home: join(folder, 'site') });
};

/** Waits until the machine has died where it was told to, and all its processes with it. */
async function died({ ended }: { ended: Promise<string> }, { at }: Death): Promise<void> {
  const late = AbortSignal.timeout(60_000);
  const waited = new Promise<string>((resolve) => {
    late.onabort = () => resolve('no death');
  });
  expect([at, await Promise.race([ended, waited])]).toEqual([at, 'SIGKILL']);
  await expect.poll(() => supervisor.processes(), { timeout: 20_000, interval: 100 }).toEqual([]);
}

async function archivedAtLast(submission: string, studyFolder: string): Promise<void> {
  running = await supervisor.start();
  const site = siteOf(running.begun);
  const { view } = await expectArchivedOnce({ site, submission, folder: studyFolder, archived: 4 });
  expect(view.attempt).toBe(1);
  const { auditBucket, ...access } = running.begun?.s3 ?? { auditBucket: '' };
  oneReceipt(await listVersions(s3Client({ region: 'us-east-1', ...access }), auditBucket), submission);
}

/** Starts it once for nothing, to see that its processes are found. */
async function rehearse(): Promise<void> {
  const rehearsal = await supervisor.start();
  if (process.platform === 'linux') expect((await supervisor.processes()).length).toBeGreaterThan(2);
  await rehearsal.stop();
}

const states = [
  ...['Resume', 'Plan', 'Validate', 'ValidateBatch', 'Review', 'Decide', 'Anonymize', 'AnonymizeBatch'],
  ...['CheckIntegrity', 'Push', 'PushScan', 'Confirm', 'Seal'],
];
const functions = [
  ...['planSubmission', 'validateBatch', 'reviewFindings', 'anonymizeBatch', 'checkIntegrity', 'pushScan'],
  ...['confirmArchive', 'sealReceipt'],
];

test.each([
  { places: states, share: 0, why: 'as each state is entered' },
  { places: functions, share: 0.3, why: 'at the work of each step' },
])(
  'a study is archived once although the whole machine is killed $why',
  { timeout: 300_000 },
  async ({ places, share }) => {
    await rehearse();
    const files = studyOf('server death', { series: 2, slices: 2 });
    const [first, ...others] = places.map((at) => ({ at, share }));
    if (first === undefined) return;
    const begun = await supervisor.start(first);
    const site = siteOf(begun.begun);
    const studyFolder = await site.writeFolder('study', files);
    const submission = await site.send(files);
    await died(begun, first);
    for (const death of others) await died(await supervisor.start(death), death);
    await archivedAtLast(submission, studyFolder);
  },
);

test('an upload goes on by itself although the machine is killed at each of its requests', {
  timeout: 180_000,
}, async () => {
  const [first, ...others] = [
    ...['createSubmission', 'putManifest', 'signParts', 'completeObject', 'commitSubmission', 'startExecution'],
  ].map((at) => ({ at, share: 0 }));
  if (first === undefined) return;
  const files = studyOf('upload', { series: 2, slices: 2 });
  const begun = await supervisor.start(first);
  const site = siteOf(begun.begun);
  const studyFolder = await site.writeFolder('study', files);
  const sending = site.cli(['upload', studyFolder, '--project', 'DEMO', '--wait', '--json']);
  await died(begun, first);
  for (const death of others) await died(await supervisor.start(death), death);
  running = await supervisor.start();
  const { code, events, err } = await sending;
  expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('trying again') });
  const submission = String(events.at(-1)?.submission);
  await expectArchivedOnce({ site, submission, folder: studyFolder, archived: 4 });
  // the first request was repeated, and still made one submission
  expect((await site.api.listSubmissions()).items).toHaveLength(1);
});
