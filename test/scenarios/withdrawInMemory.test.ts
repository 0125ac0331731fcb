import { beforeEach, describe, expect, test } from 'vitest';
import { SignedCertificate } from '../../core/audit/DeletionCertificate.ts';
import { verifyCertificate } from '../../core/audit/verifyCertificate.ts';
import { verifyChain } from '../../core/audit/verifyChain.ts';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { auditKeys } from '../../core/submission/contracts/keys.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { recordFailure } from '../../lambdas/steps/recordFailure.ts';
import { removeSubmission } from '../../lambdas/steps/removeSubmission.ts';
import { memoryExecutions } from '../fakes/memoryExecutions.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { deliver, pushAll, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { demoPolicy } from '../fixtures/submissions.ts';
import { verifyEd25519 } from '../fixtures/verifyEd25519.ts';

type Ports = ReturnType<typeof memoryPorts>;

let ports: Ports;
beforeEach(() => {
  ports = memoryPorts(demoPolicy);
});

async function requested(id: string) {
  const submission = await ports.ledger.get(id);
  if (submission === undefined) throw new Error('There is no submission');
  const actor = { kind: 'user', id: 'operator-1' } as const;
  const request = { type: 'withdrawal.requested', to: 'withdrawing', code: 'consent', actor } as const;
  const { attempt } = await beginAttempt({ ...ports, executions: memoryExecutions() }, submission, request);
  return { submission: id, attempt };
}

/** Withdraws, and proves what every withdrawal must leave: nothing, an honest chain and a genuine certificate. */
async function withdrawn(id: string) {
  const input = await requested(id);
  await removeSubmission(ports)(input);
  await removeSubmission(ports)(input);
  expect(await ports.ledger.get(id)).toMatchObject({ state: 'withdrawn', reason: 'consent' });
  verifyChain(await ports.ledger.events(id));
  for (const store of [ports.staging, ports.clean, ports.quarantine, ports.work]) {
    expect(await Array.fromAsync(store.list(`${id}/`))).toEqual([]);
  }
  const signed = await readDocument(ports.audit, auditKeys.certificate(id), SignedCertificate);
  await verifyCertificate(signed, await ports.signer.publicKey(), verifyEd25519);
  return signed;
}

const stored = () =>
  [...ports.archive.sessions].flatMap(([session, { scans }]) =>
    [...scans].map(([scan, { files }]) => `${session} ${scan}: ${files.size}`),
  );

describe('a withdrawal', () => {
  test('removes what was archived, with its scans, session and subject', async () => {
    const input = await readyToPush(ports, { files: [slice(1), slice(2), slice(1, { series: 2 })] });
    await deliver(ports, input);
    const { certificate } = await withdrawn(input.submission);
    expect(stored()).toEqual([]);
    expect(certificate).toMatchObject({
      reason: 'consent',
      objects: 1,
      receipt: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(certificate.archive).toEqual([
      expect.objectContaining({ sessionRemoved: true, subjectRemoved: true, uri: '/data/experiments/XNAT_E00001' }),
    ]);
    expect(certificate.archive[0]?.files).toHaveLength(3);
  });

  test('leaves no label that was asked for, which may have named a person', async () => {
    const input = await readyToPush(ports, { files: [slice(1)], subject: 'S1', session: 'V1' });
    await deliver(ports, input);
    expect(await ports.ledger.get(input.submission)).toMatchObject({ subject: 'S1', session: 'V1' });
    await withdrawn(input.submission);
    const { subject, session } = (await ports.ledger.get(input.submission)) ?? {};
    expect([subject, session]).toEqual([undefined, undefined]);
  });

  test('is not stopped by the hours of the project', async () => {
    const input = await readyToPush(ports, { files: [slice(1)] });
    await deliver(ports, input);
    const paused = { ...demoPolicy, delivery: { ...demoPolicy.delivery, paused: true } };
    ports = { ...ports, policies: { get: () => paused } };
    await withdrawn(input.submission);
    expect(stored()).toEqual([]);
  });

  test.each([
    { why: 'nothing was pushed yet', push: 0, left: 0 },
    { why: 'one of two scans was pushed', push: 1, left: 0 },
  ])('removes what failed on its way, when $why', async ({ push }) => {
    const input = await readyToPush(ports, { files: [slice(1), slice(1, { series: 2 })] });
    if (push > 0) {
      const { putPack } = ports.archive;
      let packs = 0;
      const failing = {
        ...ports.archive,
        async putPack(...args: Parameters<typeof putPack>) {
          packs += 1;
          if (packs > push) throw new DomainError('XnatRefused', 'Cannot push: XNAT answered 403');
          await putPack(...args);
        },
      };
      await expect(pushAll({ ...ports, archive: failing }, input)).rejects.toThrow('403');
    }
    await recordFailure(ports)({ ...input, failure: { Error: 'XnatRefused' } });
    const { certificate } = await withdrawn(input.submission);
    expect(stored()).toEqual([]);
    expect(certificate.receipt).toBeUndefined();
    expect(certificate.archive.flatMap(({ files }) => files)).toHaveLength(push);
  });

  test('leaves what stood before, what came later and what a stranger put there', async () => {
    const first = await readyToPush(ports, { files: [slice(1), slice(1, { series: 2 })] });
    await deliver(ports, first);
    const second = await readyToPush(ports, {
      ...{ number: 2, onConflict: 'append' },
      // one that stands, one into a scan that stands, and a scan of its own
      files: [slice(1), slice(2), slice(1, { series: 3 })],
    });
    await deliver(ports, second);
    const { certificate } = await withdrawn(second.submission);
    expect(stored()).toEqual([expect.stringMatching(/ 1: 1$/), expect.stringMatching(/ 2: 1$/)]);
    expect(certificate.archive[0]).toMatchObject({ sessionRemoved: false, subjectRemoved: false });
    expect(certificate.archive[0]?.files).toHaveLength(2);

    for (const { scans } of ports.archive.sessions.values())
      scans.get('2')?.files.set('foreign.dcm', new Uint8Array(1));
    expect((await withdrawn(first.submission)).certificate.archive[0]?.sessionRemoved).toBe(false);
    expect(stored()).toEqual([expect.stringMatching(/ 2: 1$/)]);
  });

  test('does not touch a place that meanwhile holds another study', async () => {
    const input = await readyToPush(ports, { files: [slice(1)] });
    await pushAll(ports, input);
    await recordFailure(ports)({ ...input, failure: { Error: 'ArchiveMismatch' } });
    for (const session of ports.archive.sessions.values()) session.study = '2.25.9';
    const { certificate } = await withdrawn(input.submission);
    expect(certificate.archive).toEqual([]);
    expect(stored()).toHaveLength(1);
  });

  test('certifies nothing while the account that reads lists what the account that removes calls gone', async () => {
    const input = await readyToPush(ports, { files: [slice(1)] });
    await pushAll(ports, input);
    await recordFailure(ports)({ ...input, failure: { Error: 'ArchiveMismatch' } });
    const attempt = await requested(input.submission);
    const remove = async () => undefined;
    const blind = { ...ports.removal, listFiles: async () => [], listBelow: async () => undefined, remove };
    const withdrawing = removeSubmission({ ...ports, removal: blind })(attempt);
    await expect(withdrawing).rejects.toMatchObject({ name: 'RemovalIncomplete' });
    expect(await ports.audit.head(auditKeys.certificate(input.submission))).toBeUndefined();
  });

  test('finds what it had begun to push where a curator has put it since', async () => {
    const input = await readyToPush(ports, { files: [slice(1), slice(1, { series: 2 })] });
    await pushAll(ports, input);
    await recordFailure(ports)({ ...input, failure: { Error: 'ArchiveMismatch' } });
    const [session] = ports.archive.sessions.values();
    if (session === undefined) throw new Error('There is no session');
    ports.archive.sessions.clear();
    ports.archive.sessions.set('DEMO/BY_HAND', Object.assign(session, { subject: 'HIS' }));
    const { certificate } = await withdrawn(input.submission);
    expect(certificate.archive).toMatchObject([
      { uri: `/data/experiments/${session.id}`, sessionRemoved: true, subjectRemoved: false },
    ]);
    expect(stored()).toEqual([]);
  });

  test('says nothing is gone that is not: what XNAT keeps fails it, and it goes on when that is mended', async () => {
    const input = await readyToPush(ports, { files: [slice(1)] });
    await deliver(ports, input);
    const attempt = await requested(input.submission);
    const keeping = { ...ports.removal, remove: async () => undefined };
    await expect(removeSubmission({ ...ports, removal: keeping })(attempt)).rejects.toMatchObject({
      name: 'RemovalIncomplete',
    });
    expect(await ports.audit.head(auditKeys.certificate(input.submission))).toBeUndefined();
    await recordFailure(ports)({ ...attempt, failure: { Error: 'RemovalIncomplete' } });
    expect(await ports.ledger.get(input.submission)).toMatchObject({ state: 'failed', interruptedIn: 'withdrawing' });
    await withdrawn(input.submission);
    expect(stored()).toEqual([]);
  });

  test.each([
    { field: 'reason', change: { reason: 'mistake' } },
    { field: 'objects', change: { objects: 9 } },
    { field: 'archive', change: { archive: [] } },
  ] as const)('is not proven by a certificate whose $field was changed', async ({ change }) => {
    const input = await readyToPush(ports, { files: [slice(1)] });
    await deliver(ports, input);
    const signed = await withdrawn(input.submission);
    const changed = SignedCertificate.parse({ ...signed, certificate: { ...signed.certificate, ...change } });
    const proof = verifyCertificate(changed, await ports.signer.publicKey(), verifyEd25519);
    await expect(proof).rejects.toMatchObject({ name: 'CertificateInvalid' });
    const foreign = verifyCertificate(signed, 'another key', verifyEd25519);
    await expect(foreign).rejects.toMatchObject({ name: 'CertificateInvalid' });
  });
});
