import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { stagingKeys } from '../../core/submission/contracts/keys.ts';
import type { FaultSettings } from '../../infra/local/xnat/faults.ts';
import { expectArchivedOnce, oneReceipt } from './expectArchivedOnce.ts';
import { type Machine, startMachine } from './machine.ts';
import { operatorOf } from './operatorOf.ts';
import { studyOf } from './study.ts';

let pushes: () => void = () => undefined;
let machine: Machine;
beforeAll(async () => {
  // the pauses of an outage are long: from half a minute on
  machine = await startMachine({
    timeScale: 0.001,
    onInvoke: ({ functionName }) => functionName === 'pushScan' && pushes(),
  });
}, 180_000);
beforeEach(() => {
  pushes = () => undefined;
});
afterAll(() => machine.stop());

async function sent(name: string) {
  const files = studyOf(name, { series: 2, slices: 2 });
  const folder = await machine.site.writeFolder(name, files);
  return { folder, submission: await machine.site.send(files) };
}

/** Faults from the beginning, and those that come while the second scan is pushed, within a session at XNAT. */
const faults: { why: string; settings?: Partial<FaultSettings>; later?: Partial<FaultSettings> }[] = [
  { why: 'answers 500 to the first write of each path, before it', settings: { failOnce: 'beforeWrite' } },
  { why: 'answers 500 to the first write of each path, after it', settings: { failOnce: 'afterWrite' } },
  { why: 'writes, then drops five replies', settings: { dropReplies: 5 } },
  { why: 'stores a pack, but misses it in its catalog', settings: { catalogRaces: 2 } },
  { why: 'goes on behind a proxy that has given up', settings: { gatewayTimeouts: 3 } },
  { why: 'ends a session with 401', later: { endSessions: 1 } },
  { why: 'shows its login page instead of an answer', later: { htmlAnswers: 1 } },
  { why: 'computes no digests', settings: { digests: false } },
  { why: 'takes its time', settings: { slowMs: 100 } },
];

test.each(faults)(
  'a study is archived once, with equal digests, by an XNAT that $why',
  {
    timeout: 120_000,
  },
  async ({ why, settings = {}, later }) => {
    let begun = 0;
    pushes = () => {
      begun += 1;
      if (begun === 2 && later !== undefined) void machine.setFaults(later);
    };
    await machine.setFaults(settings);
    const { submission, folder } = await sent(why);
    expect(await machine.site.rested(submission)).toMatchObject({ state: 'archived', attempt: 1 });
    await machine.setFaults({});
    await expectArchivedOnce({ site: machine.site, submission, folder, archived: 4 });
    oneReceipt(await machine.versions('AUDIT'), submission);
  },
);

test.each(['reset', '503'] as const)(
  'a study waits for an XNAT that is down (%s) and is archived when it is back',
  {
    timeout: 120_000,
  },
  async (downAnswer) => {
    const isBack = Promise.withResolvers<void>();
    let begun = 0;
    pushes = () => {
      begun += 1;
      // its third try finds it
      if (begun === 3) isBack.resolve(machine.setFaults({}));
    };
    await machine.setFaults({ downMs: 600_000, downAnswer });
    const { submission, folder } = await sent(`down ${downAnswer}`);
    await isBack.promise;
    const { view } = await expectArchivedOnce({ site: machine.site, submission, folder, archived: 4 });
    expect(view.attempt).toBe(1);
  },
);

test('a study that somebody else changes in XNAT meanwhile is not called archived, and nothing of it is lost', {
  timeout: 120_000,
}, async () => {
  const { site, airlock } = machine;
  const archive = join(machine.dataDir, 'xnat/archive/DEMO/arc001');
  const known = await readdir(archive).catch((): string[] => []);
  // while the second scan is pushed, somebody writes into the first one
  const written = Promise.withResolvers<void>();
  let begun = 0;
  const write = async () => {
    const [session = ''] = (await readdir(archive)).filter((label) => !known.includes(label));
    const { username, password } = airlock.keyring.xnat;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const path = `/data/projects/DEMO/experiments/${session}/scans/1/resources/DICOM/files/foreign.dcm?inbody=true`;
    const answer = await fetch(airlock.urls.xnat + path, {
      method: 'PUT',
      body: 'foreign',
      headers: { authorization },
    });
    expect(answer.status).toBe(200);
  };
  pushes = () => {
    begun += 1;
    if (begun === 2) written.resolve(write());
  };
  await machine.setFaults({ slowMs: 400 });
  const { submission } = await sent('foreign');
  await written.promise;
  await machine.setFaults({});
  expect(await site.rested(submission)).toMatchObject({ state: 'held', reason: 'ArchiveFileForeign' });
  await expect(site.api.getReceipt(submission)).rejects.toMatchObject({ code: 'ReceiptNotReady' });
  expect(await machine.versions('STAGING')).toContain(stagingKeys.object(submission, 'pack-000001'));
  // a person has looked: it may stand there, and nothing of it is removed
  await (await operatorOf(machine)).resumeSubmission(submission);
  expect(await site.rested(submission)).toMatchObject({ state: 'archived', attempt: 2 });
  const [session = ''] = (await readdir(archive)).filter((label) => !known.includes(label));
  expect(await readdir(join(archive, session, 'SCANS/1/DICOM'))).toContain('foreign.dcm');
});

test('a file that XNAT loses meanwhile is sent once more, and the chain says so', { timeout: 120_000 }, async () => {
  const { site, airlock } = machine;
  const { username, password } = airlock.keyring.xnatRemoval;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const archive = join(machine.dataDir, 'xnat/archive/DEMO/arc001');
  const known = await readdir(archive).catch((): string[] => []);
  // while the second scan is pushed, the first one loses a file
  const lost = Promise.withResolvers<number>();
  let begun = 0;
  const lose = async () => {
    // found on the disk: asking this slow XNAT would take longer than the push
    const [session = ''] = (await readdir(archive)).filter((label) => !known.includes(label));
    const names = await readdir(join(archive, session, 'SCANS/1/DICOM'));
    const path = `/data/projects/DEMO/experiments/${session}/scans/1/resources/DICOM/files/${names.find((name) => name.endsWith('.dcm'))}`;
    return (await fetch(`${airlock.urls.xnat}${path}`, { method: 'DELETE', headers: { authorization } })).status;
  };
  pushes = () => {
    begun += 1;
    if (begun === 2) lost.resolve(lose());
  };
  await machine.setFaults({ slowMs: 300 });
  const { submission, folder } = await sent('lost');
  expect(await lost.promise).toBe(200);
  await machine.setFaults({});
  const { events } = await expectArchivedOnce({ site, submission, folder, archived: 4 });
  const differed = events.filter(({ type }) => type === 'archive.differed');
  expect(differed.map(({ counts }) => counts)).toEqual([{ missing: 0, altered: 0, foreign: 0, repaired: 1 }]);
});
