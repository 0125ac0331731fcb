import { beforeEach, describe, expect, test } from 'vitest';
import { SignedCertificate } from '../../core/audit/DeletionCertificate.ts';
import { hashBytes } from '../../core/audit/hashJson.ts';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { receiptBytes } from '../../core/audit/receiptBytes.ts';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { auditKeys } from '../../core/submission/contracts/keys.ts';
import type { StepInput } from '../../core/submission/contracts/steps.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { confirmArchive } from '../../lambdas/steps/confirmArchive.ts';
import { recordFailure } from '../../lambdas/steps/recordFailure.ts';
import { removeSubmission } from '../../lambdas/steps/removeSubmission.ts';
import { sealReceipt } from '../../lambdas/steps/sealReceipt.ts';
import { memoryExecutions } from '../fakes/memoryExecutions.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { deliver, pushAll, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { demoPolicy } from '../fixtures/submissions.ts';

const fields = {
  note: 'submission',
  acquisition_site: 'site',
  airlock_project: 'project',
  airlock_policy: 'policy',
  airlock_manifest: 'manifest',
  airlock_receipt: 'receipt',
} as const;
const policyOf = (more: object = {}) => ProjectPolicy.parse({ ...demoPolicy, fields, ...more });

let ports: ReturnType<typeof memoryPorts>;
beforeEach(() => {
  ports = memoryPorts(policyOf());
});

const ready = (number = 1, files = [slice(1)]) =>
  readyToPush(ports, { files, number, subject: 'SUBJ', session: 'SESS', ...(number > 1 && { onConflict: 'append' }) });
const session = () => {
  const found = ports.archive.sessions.get('DEMO/SESS');
  if (found === undefined) throw new Error('There is no session');
  return found;
};
const receiptOf = async ({ submission }: StepInput) =>
  (await readDocument(ports.audit, auditKeys.receipt(submission), SignedReceipt)).receipt;

async function withdraw(id: string) {
  const submission = await ports.ledger.get(id);
  if (submission === undefined) throw new Error('There is no submission');
  const actor = { kind: 'user', id: 'operator-1' } as const;
  const request = { type: 'withdrawal.requested', to: 'withdrawing', code: 'other', actor } as const;
  const { attempt } = await beginAttempt({ ...ports, executions: memoryExecutions() }, submission, request);
  await removeSubmission(ports)({ submission: id, attempt });
  return (await readDocument(ports.audit, auditKeys.certificate(id), SignedCertificate)).certificate;
}

describe('the fields of a session', () => {
  test.each([{ route: 'archive' }, { route: 'prearchive', commit: true }])(
    'tell of the submission it came by, and nothing of a person: $route',
    async (delivery) => {
      ports = memoryPorts(policyOf({ delivery }));
      const input = await ready();
      await deliver(ports, input);
      const receipt = await receiptOf(input);
      const told = {
        ...{ note: input.submission, acquisition_site: 'demo', airlock_project: 'DEMO' },
        ...{ airlock_policy: receipt.policy.sha256, airlock_manifest: receipt.manifest.sha256 },
      };
      expect(session().fields).toEqual({ ...told, airlock_receipt: hashBytes(receiptBytes(receipt)) });
      const listed = Object.entries(told).map(([name, value]) => ({ name, value }));
      expect(receipt.sessions[0]?.fields).toEqual([...listed, { name: 'airlock_receipt' }]);
    },
  );

  test('are told before success is said, and again where a writing was lost', async () => {
    const input = await ready();
    await pushAll(ports, input);
    expect(session().fields).toEqual({});
    const deaf = { ...ports.archive, writeFields: async () => undefined };
    await expect(confirmArchive({ ...ports, archive: deaf })(input)).rejects.toMatchObject({ name: 'ArchiveMismatch' });
    await confirmArchive(ports)(input);
    expect(Object.keys(session().fields)).toHaveLength(5);
    await expect(sealReceipt({ ...ports, archive: deaf })(input)).rejects.toMatchObject({ name: 'ArchiveMismatch' });
    expect(await ports.ledger.get(input.submission)).toMatchObject({ state: 'confirming' });
    await sealReceipt(ports)(input);
    expect(await ports.ledger.get(input.submission)).toMatchObject({ state: 'archived' });
    expect(session().fields.airlock_receipt).toBe(hashBytes(receiptBytes(await receiptOf(input))));
  });

  test('are left to whoever filled them, before or meanwhile, and the receipt names none of those', async () => {
    const first = await ready();
    await pushAll(ports, first);
    Object.assign(session().fields, { note: 'of the curator', unrelated: 'x' });
    await deliver(ports, first);
    expect(session().fields).toMatchObject({ note: 'of the curator', unrelated: 'x', acquisition_site: 'demo' });
    const names = (await receiptOf(first)).sessions[0]?.fields?.map(({ name }) => name);
    expect(names).toEqual(Object.keys(fields).filter((name) => name !== 'note'));
    const before = { ...session().fields };
    const second = await ready(2, [slice(1), slice(2)]);
    await deliver(ports, second);
    expect(session().fields).toEqual(before);
    expect((await receiptOf(second)).sessions[0]).not.toHaveProperty('fields');
  });

  test('are emptied by a withdrawal where the session stays, but for those of others', async () => {
    const first = await ready();
    await deliver(ports, first);
    await deliver(ports, await ready(2, [slice(1), slice(2)]));
    session().fields.note = 'of the curator';
    const { archive } = await withdraw(first.submission);
    expect(session().fields).toEqual({ note: 'of the curator' });
    expect(archive).toMatchObject([{ sessionRemoved: false, fields: Object.keys(fields) }]);
  });

  test('are emptied when the delivery that told them broke off', async () => {
    await deliver(ports, await ready(1));
    session().fields = {};
    const input = await ready(2, [slice(1), slice(2)]);
    await pushAll(ports, input);
    await confirmArchive(ports)(input);
    expect(session().fields).toMatchObject({ note: input.submission });
    await recordFailure(ports)({ ...input, failure: { Error: 'ArchiveMismatch' } });
    await withdraw(input.submission);
    expect(session().fields).toEqual({});
  });

  test('that somebody fills between Confirm and Seal stay his: the submission is sealed, and its receipt does not name them', async () => {
    const input = await ready();
    await pushAll(ports, input);
    await confirmArchive(ports)(input);
    session().fields.airlock_receipt = 'of the curator';
    await sealReceipt(ports)(input);
    expect(session().fields.airlock_receipt).toBe('of the curator');
    const names = (await receiptOf(input)).sessions[0]?.fields?.map(({ name }) => name);
    expect(names).toEqual(Object.keys(fields).filter((name) => name !== 'airlock_receipt'));
  });

  test('hold nobody up who is sealed second of two that were confirmed', async () => {
    const first = await ready(1);
    await pushAll(ports, first);
    const second = await ready(2, [slice(2, { series: 2 })]);
    await pushAll(ports, second);
    for (const each of [first, second]) await confirmArchive(ports)(each);
    for (const each of [first, second]) await sealReceipt(ports)(each);
    expect(session().fields.airlock_receipt).toBe(hashBytes(receiptBytes(await receiptOf(first))));
    expect((await receiptOf(second)).sessions[0]).not.toHaveProperty('fields');
  });

  test.each([{ isSealed: true }, { isSealed: false }])(
    'are not emptied by the withdrawal of another that would have said the same, sealed: $isSealed',
    async ({ isSealed }) => {
      ports = memoryPorts(ProjectPolicy.parse({ ...demoPolicy, fields: { acquisition_site: 'site' } }));
      const first = await ready(1);
      await pushAll(ports, first);
      // its claim finds the field empty
      const second = await ready(2, [slice(2, { series: 2 })]);
      await pushAll(ports, second);
      await confirmArchive(ports)(first);
      await sealReceipt(ports)(first);
      await confirmArchive(ports)(second);
      if (isSealed) await sealReceipt(ports)(second);
      else await recordFailure(ports)({ ...second, failure: { Error: 'ArchiveMismatch' } });
      await withdraw(second.submission);
      expect(session().fields).toEqual({ acquisition_site: 'demo' });
    },
  );

  test('that XNAT keeps fail a withdrawal', async () => {
    const first = await ready();
    await deliver(ports, first);
    await deliver(ports, await ready(2, [slice(1), slice(2)]));
    ports = { ...ports, removal: { ...ports.removal, clearFields: async () => ['note'] } };
    await expect(withdraw(first.submission)).rejects.toMatchObject({ name: 'RemovalIncomplete' });
  });
});

test.each([
  { why: 'its source is none', fields: { note: 'patient' } },
  { why: 'its name is a path', fields: { 'a/b': 'site' } },
  { why: 'its name closes a bracket', fields: { 'a]': 'site' } },
  { why: 'its name is in upper case', fields: { Airlock: 'site' } },
])('a field is refused when $why', ({ fields: wrong }) => {
  expect(ProjectPolicy.safeParse({ ...demoPolicy, fields: wrong }).success).toBe(false);
});
