import { expect, test } from 'vitest';
import { SignedCertificate } from '../../core/audit/DeletionCertificate.ts';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { auditKeys } from '../../core/submission/contracts/keys.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { recordFailure } from '../../lambdas/steps/recordFailure.ts';
import { removeSubmission } from '../../lambdas/steps/removeSubmission.ts';
import { memoryExecutions } from '../fakes/memoryExecutions.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { pushAll, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { demoPolicy } from '../fixtures/submissions.ts';

test('a certificate names what came while the rest was removed, though its step died before it was signed', async () => {
  const ports = memoryPorts(demoPolicy);
  const input = await readyToPush(ports, { files: [slice(1), slice(2)], subject: 'QX', session: 'QZ' });
  await pushAll(ports, input);
  await recordFailure(ports)({ ...input, failure: { Error: 'XnatUnavailable' } });
  const submission = await ports.ledger.get(input.submission);
  if (submission === undefined) throw new Error('There is no submission');
  const actor = { kind: 'user', id: 'operator-1' } as const;
  const request = { type: 'withdrawal.requested', to: 'withdrawing', code: 'consent', actor } as const;
  const { attempt } = await beginAttempt({ ...ports, executions: memoryExecutions() }, submission, request);

  // one of the two files is there at first; both come when all is gone
  const { sessions } = ports.archive;
  const whole = structuredClone([...sessions]);
  const files = [...sessions.values()][0]?.scans.get('1')?.files;
  const late = [...(files?.keys() ?? [])][0] ?? '';
  files?.delete(late);
  let hasCome = false;
  const archive = {
    ...ports.archive,
    async findSession(uri: string) {
      if (sessions.size === 0 && !hasCome) {
        hasCome = true;
        for (const [label, session] of whole) sessions.set(label, session);
      }
      return ports.archive.findSession(uri);
    },
  };
  const signer = { ...ports.signer, sign: async () => Promise.reject(new Error('gone')) };
  const withdrawal = { submission: input.submission, attempt };
  await expect(removeSubmission({ ...ports, archive, signer })(withdrawal)).rejects.toThrow('gone');
  expect([hasCome, sessions.size]).toEqual([true, 0]);
  await removeSubmission(ports)(withdrawal);
  const { certificate } = await readDocument(ports.audit, auditKeys.certificate(input.submission), SignedCertificate);
  expect(certificate.archive).toMatchObject([{ sessionRemoved: true }, { sessionRemoved: true }]);
  const named = new Set(certificate.archive.flatMap((place) => place.files));
  expect([...named].filter((address) => address.endsWith(`/${late}`))).toHaveLength(1);
  expect(named.size).toBe(2);
});
