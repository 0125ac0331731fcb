import { afterAll, beforeAll, expect, test } from 'vitest';
import { SignedCertificate } from '../../core/audit/DeletionCertificate.ts';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { auditKeys } from '../../core/submission/contracts/keys.ts';
import type { StepInput } from '../../core/submission/contracts/steps.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { xnatArchive } from '../../lambdas/adapters/xnatArchive.ts';
import { xnatRemoval } from '../../lambdas/adapters/xnatRemoval.ts';
import { removeSubmission } from '../../lambdas/steps/removeSubmission.ts';
import { memoryExecutions } from '../fakes/memoryExecutions.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { deliver, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { demoPolicy } from '../fixtures/submissions.ts';
import { askXnat } from '../infra/local/xnat/askXnat.ts';
import { openXnat } from '../infra/local/xnat/openXnat.ts';

/** More requests than one withdrawal makes, and tries than it needs. */
const REQUESTS = 150;
const TRIES = 10;

let xnat: Awaited<ReturnType<typeof openXnat>>;
beforeAll(async () => {
  // each look below signs in anew
  xnat = await openXnat({ sessionsPerUser: 100_000 });
});
afterAll(() => xnat.close());

const levels = ['scan', 'session', 'subject', 'project'] as const;
const policy = ProjectPolicy.parse({
  ...{ ...demoPolicy, fields: { note: 'submission', airlock_receipt: 'receipt' } },
  resources: levels.map((level) => ({ label: 'EXTRA', level, endings: [`.${level}`], disposition: 'accept' })),
});
const owner = { username: 'admin', password: 'admin-password', userAgent: 'xnat-airlock/test' };

let count = 0;
/** One study with a file at each level, and what another submission added to its session later. */
async function archivedTwice() {
  count += 1;
  const letters = String.fromCharCode(0x41 + Math.floor(count / 26), 0x41 + (count % 26));
  const labels = { session: `QZ${letters}QZ`, subject: `QX${letters}QX` };
  const seed = `withdrawal-${count}`;
  const others = (of: string) =>
    levels.map((level) => ({ path: `1/${of}.${level}`, bytes: Buffer.from(`${level} of the ${of} of ${seed}`) }));
  const access = { url: xnat.url, ...owner };
  const ports = { ...memoryPorts(policy), archive: xnatArchive(access), removal: xnatRemoval(access) };
  const first = await readyToPush(ports, { files: [slice(1, { seed }), ...others('first')], ...labels });
  await deliver(ports, first);
  const more = [slice(1, { seed }), slice(2, { seed }), ...others('second')];
  const second = await readyToPush(ports, { files: more, number: 2, onConflict: 'append', ...labels });
  await deliver(ports, second);
  return { ports, first, second, labels };
}

type Archived = Awaited<ReturnType<typeof archivedTwice>>;

async function requested(ports: Archived['ports'], { submission: id }: StepInput): Promise<StepInput> {
  const submission = await ports.ledger.get(id);
  if (submission === undefined) throw new Error('There is no submission');
  const actor = { kind: 'user', id: 'operator-1' } as const;
  const request = { type: 'withdrawal.requested', to: 'withdrawing', code: 'other', actor } as const;
  const { attempt } = await beginAttempt({ ...ports, executions: memoryExecutions() }, submission, request);
  return { submission: id, attempt };
}

/** In a new process each time, until it has ended. */
async function withdrawSurely(ports: Archived['ports'], input: StepInput): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const access = { url: xnat.url, ...owner };
    const own = { ...ports, archive: xnatArchive(access), removal: xnatRemoval(access) };
    const isDone = await removeSubmission(own)(input).then(
      () => true,
      () => false,
    );
    await Promise.all([own.archive.end(), own.removal.end()]);
    if (isDone) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The withdrawal never ended');
}

async function storedAt(path: string): Promise<string[]> {
  const { status, text } = await askXnat(xnat, { path: `${path}/files?format=json` });
  if (status === 404) return [];
  const uris: string[] = JSON.parse(text).ResultSet.Result.map(({ URI }: { URI: string }) => URI);
  return (await Promise.all(uris.map((uri) => askXnat(xnat, { path: uri })))).map((answer) => answer.text).sort();
}

async function expectOnlySecond({ ports, first, labels }: Archived): Promise<void> {
  const experiment = `/data/projects/DEMO/experiments/${labels.session}`;
  const subject = `/data/projects/DEMO/subjects/${labels.subject}`;
  const holders = { scan: `${experiment}/scans/1`, session: experiment, subject, project: '/data/projects/DEMO' };
  for (const level of levels) {
    const texts = (await storedAt(`${holders[level]}/resources/EXTRA`)).filter((text) =>
      text.endsWith(`withdrawal-${count}`),
    );
    expect(texts).toEqual([`${level} of the second of withdrawal-${count}`]);
  }
  expect(await storedAt(`${experiment}/scans/1/resources/DICOM`)).toHaveLength(1);
  const [{ data_fields, children }] = JSON.parse(
    (await askXnat(xnat, { path: `${experiment}?format=json` })).text,
  ).items;
  expect(data_fields.note).toBeUndefined();
  const custom = children.find(({ field }: { field: string }) => field === 'fields/field');
  expect(custom.items[0].data_fields).toEqual({ name: 'airlock_receipt' });
  const { certificate } = await readDocument(ports.audit, auditKeys.certificate(first.submission), SignedCertificate);
  expect(certificate.archive).toMatchObject([{ sessionRemoved: false, fields: ['note', 'airlock_receipt'] }]);
  expect(certificate.archive[0]?.files).toHaveLength(5);
}

test.each(['beforeWork', 'afterWork'] as const)(
  'a withdrawal that breaks off at any of its requests, %s, takes its own at every level and no more',
  { timeout: 180_000 },
  async (breakMoment) => {
    for (let breakAt = 1; breakAt < REQUESTS; breakAt += 1) {
      const archived = await archivedTwice();
      const input = await requested(archived.ports, archived.first);
      xnat.faults.set({ breakAt, breakMoment });
      await withdrawSurely(archived.ports, input);
      const isOver = xnat.faults.seen() < breakAt;
      xnat.faults.set({});
      await expectOnlySecond(archived);
      if (!isOver) continue;
      console.log(`withdrawal ${breakMoment}: broken off at each of ${breakAt - 1} requests`);
      expect(breakAt).toBeGreaterThan(20);
      return;
    }
    expect.unreachable('A withdrawal makes more requests than that');
  },
);
