import '../fakes/quietLog.ts';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { SignedRelabelling } from '../../core/audit/Relabelling.ts';
import { verifyChain } from '../../core/audit/verifyChain.ts';
import { auditKeys } from '../../core/submission/contracts/keys.ts';
import type { StepInput } from '../../core/submission/contracts/steps.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { xnatArchive } from '../../lambdas/adapters/xnatArchive.ts';
import { reconcileSubmissions } from '../../lambdas/events/reconcileSubmissions.ts';
import { relabelSession } from '../../lambdas/steps/relabelSession.ts';
import { memoryPorts, type StepPorts } from '../fixtures/memoryPorts.ts';
import { deliver, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { askRelabel } from '../fixtures/runRelabel.ts';
import { runWorkflow } from '../fixtures/runWorkflow.ts';
import { demoPolicy } from '../fixtures/submissions.ts';
import { askXnat } from '../infra/local/xnat/askXnat.ts';
import { openXnat } from '../infra/local/xnat/openXnat.ts';

/** More processes than one relabelling can lose here, and requests than one makes. */
const PROCESSES = 30;
const REQUESTS = 100;

let xnat: Awaited<ReturnType<typeof openXnat>>;
beforeAll(async () => {
  xnat = await openXnat();
});
beforeEach(() => xnat.faults.set({}));
afterAll(() => xnat.close());

const account = { username: 'airlock', password: 'airlock-password', userAgent: 'xnat-airlock/test' };
const connect = () => xnatArchive({ url: xnat.url, ...account });

let count = 0;
async function archived() {
  count += 1;
  // what stands in a file by itself, a number or a title, is held back as a label
  const letters = String.fromCharCode(0x41 + Math.floor(count / 26), 0x41 + (count % 26));
  const ports: StepPorts = { ...memoryPorts(demoPolicy), archive: connect() };
  const seed = `relabel-${count}`;
  const [session, subject] = [`QZ${letters}QZ`, `QX${letters}QX`];
  const files = [slice(1, { seed }), slice(2, { seed }), slice(1, { seed, series: 2 })];
  const input = await readyToPush(ports, { files, session, subject });
  await deliver(ports, input);
  return { ports, input, session, subject, to: { session: `NZ${letters}NZ`, subject: `NX${letters}NX` } };
}

const rows = async (path: string) => JSON.parse((await askXnat(xnat, { path })).text).ResultSet.Result;

/** XNAT has one session, under the new labels alone, with every file of the receipt; AUDIT has one addendum. */
async function expectRelabelled({ ports, input, session, to }: Awaited<ReturnType<typeof archived>>) {
  const { submission } = input;
  expect(await ports.ledger.get(submission)).toMatchObject({ state: 'archived', relabelled: 1 });
  verifyChain(await ports.ledger.events(submission));
  const labelled = (label: string) => rows(`/data/projects/DEMO/experiments?format=json&columns=label&label=${label}`);
  expect(await labelled(session)).toEqual([]);
  expect(await labelled(to.session)).toHaveLength(1);
  expect(await rows(`/data/projects/DEMO/subjects/${to.subject}/experiments?format=json`)).toHaveLength(1);
  const { receipt } = await readDocument(ports.audit, auditKeys.receipt(submission), SignedReceipt);
  for (const { archived: file } of receipt.files) {
    expect(await ports.archive.digestFile(file?.uri ?? '')).toMatchObject({
      sizeBytes: file?.sizeBytes,
      md5: file?.md5,
    });
  }
  const { relabelling } = await readDocument(ports.audit, auditKeys.relabelling(submission, 1), SignedRelabelling);
  expect(relabelling).toMatchObject({ to, files: 3, madeSubject: true });
  expect(await ports.audit.head(auditKeys.relabelling(submission, 2))).toBeUndefined();
  const records = await rows(`/data/projects/DEMO/experiments/${to.session}/resources/AIRLOCK/files?format=json`);
  expect(records.map(({ Name }: { Name: string }) => Name).sort()).toEqual([
    `${submission}-relabelling-1.json`,
    `${submission}.json`,
  ]);
}

/** Each time in a new process, until it has ended. */
async function relabelSurely(ports: StepPorts, attempt: StepInput): Promise<void> {
  for (let lost = 0; lost < PROCESSES; lost += 1) {
    const archive = connect();
    const isDone = await relabelSession({ ...ports, archive })(attempt).then(
      () => true,
      () => false,
    );
    await archive.end();
    if (isDone) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('The relabelling never ended');
}

describe('a relabelling', () => {
  test.each(['beforeWork', 'afterWork'] as const)(
    'that breaks off at any of its requests, %s, ends with the new labels and one addendum',
    { timeout: 120_000 },
    async (breakMoment) => {
      let broken = 0;
      for (let breakAt = 1; breakAt < REQUESTS; breakAt += 1) {
        const given = await archived();
        const attempt = await askRelabel(given.ports, given.input.submission, given.to);
        xnat.faults.set({ breakAt, breakMoment });
        await relabelSurely(given.ports, attempt);
        const isOver = xnat.faults.seen() < breakAt;
        xnat.faults.set({});
        await expectRelabelled(given);
        if (isOver) break;
        broken += 1;
      }
      console.log(`${breakMoment}: broken off at each of ${broken} requests`);
      expect(broken).toBeGreaterThan(15);
      expect(broken).toBeLessThan(REQUESTS - 2);
    },
  );

  test.each([
    { why: 'works on the session', settings: { busyRenames: 3 } },
    { why: 'answers 500 before the first write of each path', settings: { failOnce: 'beforeWrite' as const } },
    { why: 'answers 500 after the first write of each path', settings: { failOnce: 'afterWrite' as const } },
    { why: 'goes on behind a proxy that has given up', settings: { gatewayTimeouts: 2 } },
    { why: 'computes no digests', settings: { digests: false } },
  ])('goes through the workflow as it is at an XNAT that $why', { timeout: 30_000 }, async ({ settings }) => {
    const given = await archived();
    const { ports, input, to } = given;
    const { attempt } = await askRelabel(ports, input.submission, to);
    const executions = runWorkflow(ports, { timeScale: 1e-4 });
    xnat.faults.set(settings);
    await reconcileSubmissions({ ...ports, executions })();
    await executions.settled();
    xnat.faults.set({});
    expect((await ports.ledger.get(input.submission))?.attempt).toBe(attempt);
    await expectRelabelled(given);
  });

  test('leaves everything as it was where another session takes the label at that moment', async () => {
    const { ports, input, session, subject, to } = await archived();
    const attempt = await askRelabel(ports, input.submission, to);
    const archive = {
      ...ports.archive,
      async relabel(...args: Parameters<typeof ports.archive.relabel>) {
        const path = `/data/projects/DEMO/subjects/OTHER/experiments/${to.session}?xsiType=xnat:ctSessionData`;
        await askXnat(xnat, { method: 'PUT', path });
        await ports.archive.relabel(...args);
      },
    };
    await expect(relabelSession({ ...ports, archive })(attempt)).rejects.toMatchObject({ name: 'XnatConflict' });
    await relabelSession(ports)(attempt);
    const after = await ports.ledger.get(input.submission);
    expect(after).toMatchObject({ state: 'archived', relabelRefusal: { code: 'LabelTaken' } });
    expect(await rows(`/data/projects/DEMO/subjects/${subject}/experiments?format=json`)).toMatchObject([
      { label: session },
    ]);
    expect((await askXnat(xnat, { path: `/data/projects/DEMO/subjects/${to.subject}` })).status).toBe(404);
  });
});
