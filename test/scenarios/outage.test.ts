import '../fakes/quietLog.ts';

import { expect, test } from 'vitest';
import { verifyChain } from '../../core/audit/verifyChain.ts';
import { synthesizeCtSlice } from '../../core/dicom/synthesizeCt.ts';
import { limits } from '../../core/policy/limits.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Archive } from '../../core/submission/ports.ts';
import { reconcileSubmissions } from '../../lambdas/events/reconcileSubmissions.ts';
import { memoryArchive } from '../fakes/memoryArchive.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { stage } from '../fixtures/runPipeline.ts';
import { runWorkflow } from '../fixtures/runWorkflow.ts';
import { demoPolicy } from '../fixtures/submissions.ts';

const files = [1, 2].flatMap((series) =>
  [1, 2].map((instance) => ({
    path: `${series}/${instance}.dcm`,
    bytes: synthesizeCtSlice({ seed: 'outage', series, instance, rows: 16, columns: 16 }),
  })),
);

/** An archive that answers while `isUp`; what it stores stays. */
function unsteady(isUp: (call: keyof Archive) => boolean) {
  const steady = memoryArchive();
  const guard =
    <Args extends unknown[], Result>(name: keyof Archive, call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      if (isUp(name)) return call(...args);
      throw new DomainError('XnatUnavailable', 'Cannot deliver: XNAT answered 503, wanted 200');
    };
  return {
    ...steady,
    ensureScan: guard('ensureScan', steady.ensureScan),
    listFiles: guard('listFiles', steady.listFiles),
    putPack: guard('putPack', steady.putPack),
    readHeaders: guard('readHeaders', steady.readHeaders),
    sessionUri: guard('sessionUri', steady.sessionUri),
  };
}

/** A clock that runs as much faster as pauses are shorter. */
function fastClock(timeScale: number) {
  const begun = performance.now();
  const elapsed = () => (performance.now() - begun) / timeScale;
  const start = Date.parse('2026-01-02T04:00:00.000Z');
  return { elapsed, clock: { now: () => new Date(start + elapsed()).toISOString(), sleep: async () => undefined } };
}

const hour = 3_600_000;

test.each([
  { why: 'from the first scan on', downFrom: 1 },
  { why: 'while the second scan is pushed', downFrom: 2 },
  { why: 'when everything is pushed and to be read back', downFrom: 3 },
])('XNAT is down for an hour, $why: the study is archived by the same attempt', { timeout: 30_000 }, async (row) => {
  const timeScale = 1 / 2000;
  const { clock, elapsed } = fastClock(timeScale);
  let visits = 0;
  let backAt: number | undefined;
  const archive = unsteady((call) => {
    // one listing begins the work on each scan, and one reads it back
    if (call === 'ensureScan' || (call === 'listFiles' && visits >= 2)) visits += 1;
    if (visits >= row.downFrom) backAt ??= elapsed() + hour;
    return backAt === undefined || elapsed() >= backAt;
  });
  const ports = { ...memoryPorts(demoPolicy), archive, clock };
  const executions = runWorkflow(ports, { timeScale });
  const { submission } = await stage(ports, files);
  await reconcileSubmissions({ ...ports, executions })();
  await executions.settled();
  expect(elapsed()).toBeGreaterThan(hour);
  expect(await ports.ledger.get(submission)).toMatchObject({ state: 'archived', attempt: 1, outcome: { archived: 4 } });
});

test('XNAT is down longer than an execution waits: nothing fails, and the next attempt goes on where it stopped', {
  timeout: 30_000,
}, async () => {
  let isUp = false;
  const ports = { ...memoryPorts(demoPolicy), archive: unsteady((call) => isUp || call === 'sessionUri') };
  // the clock stands still: the circuit lets nobody look whether XNAT is back, as for one that stays away
  const states: string[] = [];
  const executions = runWorkflow(ports, { timeScale: 1e-5, onState: ({ state }) => states.push(state) });
  const reconcile = reconcileSubmissions({ ...ports, executions });
  const { submission } = await stage(ports, files);
  // more often than a fault may
  const attempts = limits.attemptsUnattended + 2;
  for (let attempt = 1; attempt < attempts; attempt += 1) {
    await reconcile();
    await executions.settled();
    expect(await ports.ledger.get(submission)).toMatchObject({
      ...{ state: 'pushing', reason: 'XnatUnavailable', attempt, postponed: attempt },
    });
  }
  isUp = true;
  await ports.registers.swap('circuit', { ...(await ports.registers.read('circuit')), value: undefined });
  states.length = 0;
  await reconcile();
  await executions.settled();
  expect(states).toEqual(['Resume', 'Push', 'PushScan', 'PushScan', 'Confirm', 'Settle', 'Seal', 'Archived']);
  const events = await ports.ledger.events(submission);
  verifyChain(events);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  expect(await ports.ledger.get(submission)).toMatchObject({ state: 'archived', attempt: attempts });
});
