import { beforeEach, describe, expect, test } from 'vitest';
import { SignedCertificate } from '../../core/audit/DeletionCertificate.ts';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { auditKeys } from '../../core/submission/contracts/keys.ts';
import type { StepInput } from '../../core/submission/contracts/steps.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { recordFailure } from '../../lambdas/steps/recordFailure.ts';
import { relabelSession } from '../../lambdas/steps/relabelSession.ts';
import { removeSubmission } from '../../lambdas/steps/removeSubmission.ts';
import { memoryExecutions } from '../fakes/memoryExecutions.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { deliver, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { askRelabel } from '../fixtures/runRelabel.ts';
import { demoPolicy } from '../fixtures/submissions.ts';

let ports: ReturnType<typeof memoryPorts>;
beforeEach(() => {
  ports = memoryPorts(demoPolicy);
});

const places = () => [...ports.archive.sessions].map(([key, { subject, id }]) => `${id} ${subject} ${key}`);

async function archived() {
  const input = await readyToPush(ports, { files: [slice(1), slice(2)], subject: 'QX', session: 'QZ' });
  await deliver(ports, input);
  return input;
}

describe('a withdrawal', () => {
  const withdrawn = async ({ submission: id }: StepInput) => {
    const submission = await ports.ledger.get(id);
    if (submission === undefined) throw new Error('There is no submission');
    const actor = { kind: 'user', id: 'operator-1' } as const;
    const request = { type: 'withdrawal.requested', to: 'withdrawing', code: 'consent', actor } as const;
    const { attempt } = await beginAttempt({ ...ports, executions: memoryExecutions() }, submission, request);
    await removeSubmission(ports)({ submission: id, attempt });
    return (await readDocument(ports.audit, auditKeys.certificate(id), SignedCertificate)).certificate;
  };

  test.each([{ session: 'NEW' }, { subject: 'OTHER' }, { session: 'NEW', subject: 'OTHER' }])(
    'finds a session where it is by now: %o',
    async (labels) => {
      const input = await archived();
      await relabelSession(ports)(await askRelabel(ports, input.submission, labels));
      const { archive } = await withdrawn(input);
      expect(archive).toMatchObject([
        { ...{ subject: 'QX', session: 'QZ' }, ...labels, sessionRemoved: true, subjectRemoved: true },
      ]);
      expect(places()).toEqual([]);
    },
  );

  test('finds one that a curator has given another label and subject, and certifies without telling them', async () => {
    const input = await archived();
    const [session] = ports.archive.sessions.values();
    if (session === undefined) throw new Error('There is no session');
    ports.archive.sessions.clear();
    ports.archive.sessions.set('DEMO/BY_HAND', Object.assign(session, { subject: 'HIS' }));
    const { archive } = await withdrawn(input);
    expect(archive).toMatchObject([
      { uri: `/data/experiments/${session.id}`, sessionRemoved: true, subjectRemoved: false },
    ]);
    // which may name a person
    expect(JSON.stringify(archive)).not.toMatch(/HIS|BY_HAND/);
    expect(places()).toEqual([]);
  });

  test('of what was interrupted while it was relabelled leaves nothing', async () => {
    const input = await archived();
    const attempt = await askRelabel(ports, input.submission, { session: 'NEW', subject: 'OTHER' });
    const audit = { ...ports.audit, write: async () => Promise.reject(new Error('gone')) };
    await expect(relabelSession({ ...ports, audit })(attempt)).rejects.toThrow('gone');
    await recordFailure(ports)({ ...attempt, failure: { Error: 'StorageUnavailable' } });
    const { archive } = await withdrawn(input);
    expect(archive).toMatchObject([{ subject: 'OTHER', session: 'NEW', subjectRemoved: true }]);
    expect(places()).toEqual([]);
  });
});
