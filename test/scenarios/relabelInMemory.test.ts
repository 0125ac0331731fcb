import { beforeEach, describe, expect, test } from 'vitest';
import { hashBytes } from '../../core/audit/hashJson.ts';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { SignedRelabelling } from '../../core/audit/Relabelling.ts';
import { receiptBytes } from '../../core/audit/receiptBytes.ts';
import { relabellingBytes } from '../../core/audit/relabellingBytes.ts';
import { verifyChain } from '../../core/audit/verifyChain.ts';
import { verifyRelabelling } from '../../core/audit/verifyRelabelling.ts';
import { leasesOf } from '../../core/delivery/turns/leases.ts';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { auditKeys, workKeys } from '../../core/submission/contracts/keys.ts';
import type { WantedLabels } from '../../core/submission/contracts/Submission.ts';
import type { StepInput } from '../../core/submission/contracts/steps.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { recordFailure } from '../../lambdas/steps/recordFailure.ts';
import { relabelSession } from '../../lambdas/steps/relabelSession.ts';
import { memoryArchive } from '../fakes/memoryArchive.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { deliver, pushAll, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { askRelabel } from '../fixtures/runRelabel.ts';
import { demoPolicy } from '../fixtures/submissions.ts';
import { verifyEd25519 } from '../fixtures/verifyEd25519.ts';

let ports: ReturnType<typeof memoryPorts>;
beforeEach(() => {
  ports = memoryPorts(demoPolicy);
});

const places = () => [...ports.archive.sessions].map(([key, { subject, id }]) => `${id} ${subject} ${key}`);
const receiptOf = async ({ submission }: StepInput) =>
  (await readDocument(ports.audit, auditKeys.receipt(submission), SignedReceipt)).receipt;
const sha256Of = async (input: StepInput) => hashBytes(receiptBytes(await receiptOf(input)));
const addendumOf = async ({ submission }: StepInput, number = 1) => {
  const signed = await readDocument(ports.audit, auditKeys.relabelling(submission, number), SignedRelabelling);
  await verifyRelabelling(signed, await ports.signer.publicKey(), verifyEd25519);
  return signed.relabelling;
};
const stateOf = (id: string) => ports.ledger.get(id);

async function archived(files = [slice(1), slice(2)], number = 1, labels = { subject: 'QX', session: 'QZ' }) {
  const input = await readyToPush(ports, { files, number, ...labels });
  await deliver(ports, input);
  return input;
}

async function relabelled({ submission }: StepInput, labels: WantedLabels) {
  const attempt = await askRelabel(ports, submission, labels);
  await relabelSession(ports)(attempt);
  // a step that died after its end runs again
  await relabelSession(ports)(attempt);
  verifyChain(await ports.ledger.events(submission));
  return stateOf(submission);
}

describe('an archived session', () => {
  test.each([
    { why: 'another label', labels: { session: 'NEW' }, to: { subject: 'QX', session: 'NEW' }, made: false },
    { why: 'another subject', labels: { subject: 'OTHER' }, to: { subject: 'OTHER', session: 'QZ' }, made: true },
    {
      ...{ why: 'both', labels: { subject: 'OTHER', session: 'NEW' } },
      ...{ to: { subject: 'OTHER', session: 'NEW' }, made: true },
    },
  ])('gets $why, said by XNAT, by the chain and by an addendum to its receipt', async ({ labels, to, made }) => {
    const input = await archived();
    const before = await receiptOf(input);
    expect(await relabelled(input, labels)).toMatchObject({ state: 'archived', relabelled: 1, attempt: 2 });
    expect(places()).toEqual([`XNAT_E00001 ${to.subject} DEMO/${to.session}`]);

    const events = await ports.ledger.events(input.submission);
    const from = { subject: 'QX', session: 'QZ' };
    expect(events.slice(-2)).toMatchObject([
      { type: 'relabel.requested', actor: { kind: 'user', id: 'operator-1' }, to: 'relabelling' },
      { type: 'session.relabelled', from: 'relabelling', to: 'archived', labels: { from, to } },
    ]);
    // labels are told when they were looked at, and not before
    expect(JSON.stringify(events.at(-2))).not.toContain(to.session === 'QZ' ? to.subject : to.session);
    const relabelling = await addendumOf(input);
    const sha256 = await sha256Of(input);
    expect(relabelling).toMatchObject({
      ...{ number: 1, by: 'operator-1', receipt: sha256, previous: { submission: input.submission, sha256 } },
      ...{ uri: '/data/experiments/XNAT_E00001', from, to, madeSubject: made, files: 2 },
    });
    expect(events.at(-1)?.digests?.addendum).toBe(hashBytes(relabellingBytes(relabelling)));
    expect(events[relabelling.chain.seq - 1]?.hash).toBe(relabelling.chain.hash);

    // the first receipt stays what it was, and true
    expect(await receiptOf(input)).toEqual(before);
    for (const { archived: file } of before.files) {
      expect(await ports.archive.digestFile(file?.uri ?? '')).toMatchObject({
        sizeBytes: file?.sizeBytes,
        md5: file?.md5,
      });
    }
    const [session] = ports.archive.sessions.values();
    expect([...(session?.resources.get('AIRLOCK')?.keys() ?? [])]).toEqual([
      `${input.submission}.json`,
      `${input.submission}-relabelling-1.json`,
    ]);
  });

  test('that has these labels already is left alone, and nothing is signed', async () => {
    const input = await archived();
    expect(await relabelled(input, { session: 'QZ' })).toMatchObject({ state: 'archived' });
    expect((await stateOf(input.submission))?.relabelled).toBeUndefined();
    expect(await ports.audit.head(auditKeys.relabelling(input.submission, 1))).toBeUndefined();
  });

  test('is told by its label where there are several, also by the one it has by now', async () => {
    const files = [slice(1), { ...slice(1, { seed: 'other' }), path: 'other' }];
    const input = await readyToPush(ports, { files });
    await deliver(ports, input);
    const { sessions } = await receiptOf(input);
    const [first, second] = sessions.map(({ session }) => session);
    for (const labels of [{ session: 'NEW' }, { session: 'NEW', from: 'NONE' }]) {
      expect(await relabelled(input, labels)).toMatchObject({ relabelRefusal: { code: 'SessionUnclear' } });
    }
    await relabelled(input, { session: 'NEW', from: second });
    await relabelled(input, { session: 'NEWER', from: 'NEW' });
    expect([...ports.archive.sessions.keys()].sort()).toEqual([`DEMO/${first}`, 'DEMO/NEWER'].sort());
    expect(await addendumOf(input, 2)).toMatchObject({
      from: { session: 'NEW' },
      previous: { sha256: hashBytes(relabellingBytes(await addendumOf(input, 1))) },
    });
  });

  test('is followed by what is added to it under its new label', async () => {
    const input = await archived();
    await relabelled(input, { session: 'NEW' });
    const labels = { subject: 'QX', session: 'NEW' };
    const later = await readyToPush(ports, { number: 2, files: [slice(3)], onConflict: 'append', ...labels });
    await deliver(ports, later);
    const sha256 = hashBytes(relabellingBytes(await addendumOf(input)));
    expect((await receiptOf(later)).sessions[0]?.previous).toEqual({ submission: input.submission, sha256 });
    // and the old label is free for another one, which follows nothing
    const other = await archived([slice(1, { seed: 'other' })], 3, { subject: 'QY', session: 'QZ' });
    expect((await receiptOf(other)).sessions[0]?.previous).toBeUndefined();
  });
});

describe('other labels are refused, and everything stays as it was,', () => {
  const refused = async (input: StepInput, labels: WantedLabels, why: object) => {
    const before = JSON.stringify([places(), [...ports.archive.sessions]]);
    const after = await relabelled(input, labels);
    expect(after).toMatchObject({ state: 'archived', relabelRefusal: why });
    expect(after?.relabel).toBeUndefined();
    expect(JSON.stringify([places(), [...ports.archive.sessions]])).toBe(before);
    const event = (await ports.ledger.events(input.submission)).at(-1);
    expect(event).toMatchObject({ type: 'relabel.refused', ...('code' in why && { code: why.code }) });
    return event;
  };

  test.each([{ subject: 'MRN-16164353' }, { session: 'CT_Imaginovic' }, { subject: 'S1', session: 'quillabeth_1' }])(
    'where they name the patient: %o',
    async (labels) => {
      const input = await archived([slice(1, { seed: 'scenario' })]);
      const event = await refused(input, labels, { code: 'LabelIdentifies' });
      const kept = JSON.stringify([
        event,
        await stateOf(input.submission),
        await ports.ledger.events(input.submission),
      ]);
      expect(kept.toLowerCase()).not.toMatch(/imaginovic|16164353|quillabeth/);
    },
  );

  test.each([
    { why: 'held', spoil: (copy: Buffer) => copy.writeUInt8(1, copy.length - 1), code: 'InstanceConflict' },
    { why: 'refused', spoil: (copy: Buffer) => copy.subarray(0, -1), code: 'DicomTruncated' },
  ])('where they name the patient by what stands in a $why file alone', async ({ spoil, code }) => {
    const accession = 'ACC016164384';
    const named = slice(1, { seed: 'scenario' });
    const copy = Buffer.from(named.bytes);
    const spoilt = spoil(copy);
    const bytes = Buffer.from(slice(2, { seed: 'scenario' }).bytes);
    bytes.fill('X', bytes.indexOf(accession), bytes.indexOf(accession) + accession.length);
    const copies = [{ path: '1/3.dcm', bytes: Buffer.isBuffer(spoilt) ? spoilt : copy }];
    if (code === 'InstanceConflict') copies.push({ path: '1/1.dcm', bytes: Buffer.from(named.bytes) });
    const input = await archived([{ path: '1/2.dcm', bytes }, ...copies]);
    expect(new Set((await receiptOf(input)).files.map((file) => file.code))).toEqual(new Set([undefined, code]));
    await refused(input, { session: `S_${accession}` }, { code: 'LabelIdentifies' });
  });

  test('unless the project says that its ids are codes already', async () => {
    ports = memoryPorts(ProjectPolicy.parse({ ...demoPolicy, findings: { LabelIdentifies: 'accept' } }));
    const input = await archived([slice(1, { seed: 'scenario' })]);
    expect(await relabelled(input, { session: 'CT_Imaginovic' })).toMatchObject({ relabelled: 1 });
  });

  test('where nothing is left by which to tell', async () => {
    const input = await archived();
    await ports.work.removeAll(workKeys.labelDigests(input.submission, 'b00001'));
    await refused(input, { session: 'NEW' }, { code: 'LabelUnproven' });
  });

  test('where another session has the label, which is named by the id of XNAT', async () => {
    const input = await archived();
    await archived([slice(1, { seed: 'other' })], 2, { subject: 'QX', session: 'TAKEN' });
    await refused(input, { session: 'TAKEN', subject: 'OTHER' }, { code: 'LabelTaken', standing: 'XNAT_E00002' });
  });

  test('where the session is gone', async () => {
    const input = await archived();
    ports.archive.sessions.clear();
    await refused(input, { session: 'NEW' }, { code: 'XnatConflict' });
  });
});

describe('a relabelling', () => {
  test('is not done when XNAT changes files with it', async () => {
    const input = await archived();
    const archive = {
      ...ports.archive,
      async relabel(...args: Parameters<typeof ports.archive.relabel>) {
        await ports.archive.relabel(...args);
        const [scan] = [...ports.archive.sessions.values()][0]?.scans.values() ?? [];
        for (const [name, bytes] of scan?.files ?? [])
          scan?.files.set(name, Buffer.concat([bytes.subarray(1), bytes.subarray(0, 1)]));
      },
    };
    const attempt = await askRelabel(ports, input.submission, { session: 'NEW' });
    await expect(relabelSession({ ...ports, archive })(attempt)).rejects.toMatchObject({ name: 'ArchiveMismatch' });
    expect(await ports.audit.head(auditKeys.relabelling(input.submission, 1))).toBeUndefined();
    await recordFailure(ports)({ ...attempt, failure: { Error: 'ArchiveMismatch' } });
    expect(await stateOf(input.submission)).toMatchObject({ state: 'failed', interruptedIn: 'relabelling' });
  });

  test('is not done when XNAT accepts it and does nothing', async () => {
    const input = await archived();
    const archive = { ...ports.archive, relabel: async () => undefined };
    const attempt = await askRelabel(ports, input.submission, { session: 'NEW' });
    await expect(relabelSession({ ...ports, archive })(attempt)).rejects.toMatchObject({ name: 'XnatConflict' });
  });

  test('reads files by download where XNAT computes no digests', async () => {
    ports = { ...ports, archive: memoryArchive({ digests: false }) };
    expect(await relabelled(await archived(), { session: 'NEW' })).toMatchObject({ relabelled: 1 });
  });

  test('waits while another one writes under either label', async () => {
    const input = await archived();
    const attempt = await askRelabel(ports, input.submission, { session: 'NEW' });
    for (const label of ['QZ', 'NEW']) {
      const leases = leasesOf(ports);
      const lease = await leases.acquire({ name: `session/DEMO/${label}`, holder: 'another', ttlSeconds: 60 });
      if (lease === undefined) throw new Error('There is no lease');
      await expect(relabelSession(ports)(attempt)).rejects.toMatchObject({ name: 'XnatBusy' });
      await leases.release(lease);
    }
    expect(places()).toEqual(['XNAT_E00001 QX DEMO/QZ']);
  });

  test('stops what is being added under the old label: no second session comes to be', async () => {
    const input = await archived();
    const labels = { subject: 'QX', session: 'QZ' };
    const files = [slice(3), slice(1, { series: 2 })];
    const later = await readyToPush(ports, { number: 2, files, onConflict: 'append', ...labels });
    let packs = 0;
    const archive = {
      ...ports.archive,
      async putPack(...args: Parameters<typeof ports.archive.putPack>) {
        packs += 1;
        if (packs === 2) throw new Error('gone');
        await ports.archive.putPack(...args);
      },
    };
    await expect(pushAll({ ...ports, archive }, later)).rejects.toThrow('gone');
    await relabelled(input, { session: 'NEW' });
    await expect(pushAll(ports, later)).rejects.toMatchObject({ name: 'XnatConflict' });
    expect([...ports.archive.sessions.keys()]).toEqual(['DEMO/NEW']);
  });
});
