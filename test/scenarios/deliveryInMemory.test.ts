import { beforeEach, describe, expect, test } from 'vitest';
import { hashBytes } from '../../core/audit/hashJson.ts';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { receiptBytes } from '../../core/audit/receiptBytes.ts';
import { verifyChain } from '../../core/audit/verifyChain.ts';
import { advance, pipeline } from '../../core/submission/advance.ts';
import { beginAttempt } from '../../core/submission/beginAttempt.ts';
import { readDocument, readLines } from '../../core/submission/documents.ts';
import { errorCatalogue } from '../../core/submission/errorCatalogue.ts';
import { auditKeys, workKeys } from '../../core/submission/keys.ts';
import { ArchiveFinding, type StepInput } from '../../core/submission/steps.ts';
import { confirmArchive } from '../../lambdas/steps/confirmArchive.ts';
import { sealReceipt } from '../../lambdas/steps/sealReceipt.ts';
import { memoryArchive } from '../fakes/memoryArchive.ts';
import { memoryExecutions } from '../fakes/memoryExecutions.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { deliver, pushAll, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { demoPolicy } from '../fixtures/submissions.ts';

let ports: ReturnType<typeof memoryPorts>;
beforeEach(() => {
  ports = memoryPorts(demoPolicy);
});

const refusal = (name: string) => expect.objectContaining({ name });
const held = { decision: 'hold' };
const stateOf = ({ submission }: StepInput) => ports.ledger.get(submission);
const receiptOf = async ({ submission }: StepInput) =>
  (await readDocument(ports.audit, auditKeys.receipt(submission), SignedReceipt)).receipt;
const digestOf = async (input: StepInput) => hashBytes(receiptBytes(await receiptOf(input)));

/** The only scan of the only session, as XNAT stores it. */
function onlyScan() {
  const [session] = ports.archive.sessions.values();
  const [scan] = session?.scans.values() ?? [];
  if (session === undefined || scan === undefined) throw new Error('There is no scan');
  return { session, files: scan.files };
}
const snapshot = () => JSON.stringify([...ports.archive.sessions].map(([label, { scans }]) => [label, [...scans]]));

describe('what is wrong in XNAT after the push', () => {
  const spoil: { why: string; code: string; change: (files: Map<string, Uint8Array>, name: string) => void }[] = [
    { why: 'is lost', code: 'ArchiveFileMissing', change: (files, name) => files.delete(name) },
    { why: 'is altered', code: 'ArchiveFileAltered', change: (files, name) => files.set(name, Buffer.from('other')) },
    {
      why: 'is altered, with equal length',
      code: 'ArchiveFileAltered',
      change: (files, name) => files.set(name, Buffer.alloc(files.get(name)?.length ?? 0)),
    },
  ];

  test.each(spoil.flatMap((row) => [true, false].map((digests) => ({ ...row, digests }))))(
    'a file that $why is sent once more (XNAT computes digests: $digests), named in a finding and told',
    async ({ code, change, digests }) => {
      ports = { ...ports, archive: memoryArchive({ digests }) };
      const input = await readyToPush(ports, { files: [slice(1), slice(2)] });
      await pushAll(ports, input);
      const { files } = onlyScan();
      const [name = ''] = files.keys();
      const sent = new Map(files);
      change(files, name);
      await confirmArchive(ports)(input);
      expect(new Map(files)).toEqual(sent);
      const found = await readLines(ports.work, workKeys.mismatches(input.submission, 1, 'd0001'), ArchiveFinding);
      expect(found).toEqual([{ code, name, file: expect.any(Number) }]);
      const event = (await ports.ledger.events(input.submission)).at(-1);
      expect(event).toMatchObject({
        type: 'archive.differed',
        counts: { missing: 0, altered: 0, foreign: 0, repaired: 1 },
      });
      // a step that ran twice tells it once
      await confirmArchive(ports)(input);
      expect((await ports.ledger.events(input.submission)).at(-1)?.seq).toBe(event?.seq);
    },
  );

  test('a file that is lost again after it was sent once more is left for a person', async () => {
    const input = await readyToPush(ports, { files: [slice(1), slice(2)] });
    await pushAll(ports, input);
    const { files } = onlyScan();
    const [name = ''] = files.keys();
    const { putPack } = ports.archive;
    files.delete(name);
    const losing = {
      ...ports.archive,
      async putPack(...args: Parameters<typeof putPack>) {
        await putPack(...args);
        files.delete(name);
      },
    };
    expect(await confirmArchive({ ...ports, archive: losing })(input)).toEqual(held);
    // and a step that runs twice does not send it a third time
    expect(await confirmArchive(ports)(input)).toEqual(held);
    expect(await stateOf(input)).toMatchObject({ state: 'held', reason: 'ArchiveFileMissing' });
    expect(files.has(name)).toBe(false);
    const events = (await ports.ledger.events(input.submission)).filter(({ type }) => type === 'archive.differed');
    expect(events.map(({ counts }) => counts)).toEqual([{ missing: 1, altered: 0, foreign: 0, repaired: 0 }]);
  });

  test('what was read back goes on where XNAT went away: nothing is read twice, and a repair is still told', async () => {
    ports = { ...ports, archive: memoryArchive({ digests: false }) };
    const input = await readyToPush(ports, { files: [slice(1), slice(1, { series: 2 })] });
    await pushAll(ports, input);
    const { files } = onlyScan();
    files.clear();
    const read: string[] = [];
    let isUp = true;
    const { digestFile } = ports.archive;
    const archive = {
      ...ports.archive,
      async digestFile(uri: string) {
        if (!isUp) throw new Error('gone');
        read.push(uri);
        isUp = false;
        return digestFile(uri);
      },
    };
    await expect(confirmArchive({ ...ports, archive })(input)).rejects.toThrow('gone');
    isUp = true;
    await confirmArchive({ ...ports, archive })(input);
    expect(new Set(read).size).toBe(read.length);
    expect(read).toHaveLength(2);
    const event = (await ports.ledger.events(input.submission)).at(-1);
    expect(event).toMatchObject({ type: 'archive.differed', counts: { repaired: 1 } });
  });

  test('a file of somebody else is neither removed nor named, and holds the submission back', async () => {
    const input = await readyToPush(ports, { files: [slice(1)] });
    await pushAll(ports, input);
    const { files } = onlyScan();
    const foreign = 'DOE^JOHN.dcm';
    files.set(foreign, Buffer.from('foreign'));
    const before = snapshot();
    expect(await confirmArchive(ports)(input)).toEqual(held);
    expect(await confirmArchive(ports)(input)).toEqual(held);
    expect(await stateOf(input)).toMatchObject({
      state: 'held',
      reason: 'ArchiveFileForeign',
      interruptedIn: 'confirming',
    });
    const counts = { missing: 0, altered: 0, foreign: 1 };
    expect((await ports.ledger.events(input.submission)).at(-1)).toMatchObject({ type: 'submission.held', counts });
    expect(snapshot()).toBe(before);
    const key = workKeys.mismatches(input.submission, 1, 'd0001');
    expect(await readLines(ports.work, key, ArchiveFinding)).toEqual([
      { code: 'ArchiveFileForeign', scan: 'r0001', nameSha256: hashBytes(Buffer.from(foreign)) },
    ]);
    expect(
      Buffer.from(await Array.fromAsync(ports.work.read(key)).then((all) => Buffer.concat(all))).toString(),
    ).not.toContain('DOE');
  });

  test('a file of ours beside one of somebody else is not sent again: a person looks first', async () => {
    const input = await readyToPush(ports, { files: [slice(1), slice(2)] });
    await pushAll(ports, input);
    const { files } = onlyScan();
    files.delete([...files.keys()][0] ?? '');
    files.set('foreign.dcm', Buffer.from('foreign'));
    const before = snapshot();
    expect(await confirmArchive(ports)(input)).toEqual(held);
    expect(await stateOf(input)).toMatchObject({ reason: 'ArchiveFileMissing ArchiveFileForeign' });
    expect(snapshot()).toBe(before);
  });

  /** As the API does when an operator lets it go on. */
  const released = async ({ submission }: StepInput, by: 'user' | 'system' = 'user') => {
    const current = await ports.ledger.get(submission);
    if (current === undefined) throw new Error('There is no submission');
    const actor = { kind: by, id: 'somebody' } as const;
    const { attempt } = await beginAttempt({ ...ports, executions: memoryExecutions() }, current, {
      actor,
      to: 'confirming',
    });
    return { submission, attempt };
  };

  test('a release lets a file of somebody else stand, sends ours once more, and archives what it then reads back', async () => {
    const input = await readyToPush(ports, { files: [slice(1), slice(2)] });
    await pushAll(ports, input);
    const { files } = onlyScan();
    const [name = ''] = files.keys();
    files.delete(name);
    files.set('foreign.dcm', Buffer.from('foreign'));
    await confirmArchive(ports)(input);
    const again = await released(input);
    expect(await confirmArchive(ports)(again)).toEqual({ decision: 'accept' });
    await sealReceipt(ports)(again);
    expect((await receiptOf(again)).totals.archived).toBe(2);
    expect([...files.keys()].sort()).toEqual([...new Set([...files.keys(), name, 'foreign.dcm'])].sort());
    expect(files.has(name)).toBe(true);
    verifyChain(await ports.ledger.events(input.submission));
  });

  test('a release lets no file stand that came after the person looked', async () => {
    const input = await readyToPush(ports, { files: [slice(1)] });
    await pushAll(ports, input);
    const { files } = onlyScan();
    files.set('foreign.dcm', Buffer.from('foreign'));
    await confirmArchive(ports)(input);
    files.set('later.dcm', Buffer.from('later'));
    const again = await released(input);
    expect(await confirmArchive(ports)(again)).toEqual(held);
    expect(await confirmArchive(ports)(await released(again))).toEqual({ decision: 'accept' });
  });

  test('another attempt lets nothing stand that no person has released', async () => {
    const input = await readyToPush(ports, { files: [slice(1)] });
    await pushAll(ports, input);
    const { files } = onlyScan();
    files.set('foreign.dcm', Buffer.from('foreign'));
    // it died after its look, and the reconciler begins another one
    const dying = { ...ports, ledger: { ...ports.ledger, commit: async () => Promise.reject(new Error('gone')) } };
    await advance(ports, input, { type: 'files.pushed', to: 'confirming' });
    await expect(confirmArchive(dying)(input)).rejects.toThrow('gone');
    const current = await ports.ledger.get(input.submission);
    if (current === undefined) throw new Error('There is no submission');
    const { attempt } = await beginAttempt({ ...ports, executions: memoryExecutions() }, current, { actor: pipeline });
    expect(await confirmArchive(ports)({ ...input, attempt })).toEqual(held);
  });
});

describe('what stands in XNAT already', () => {
  const first = () => readyToPush(ports, { files: [slice(1), slice(2)] });

  test('is left as it is when all that comes stands there, byte by byte; the receipt says so', async () => {
    await deliver(ports, await first());
    const before = snapshot();
    const second = await readyToPush(ports, { number: 2, files: [slice(1), slice(2)] });
    await deliver(ports, second);
    expect(snapshot()).toBe(before);
    const { files, totals } = await receiptOf(second);
    expect(totals.archived).toBe(2);
    expect(files.map(({ archived }) => archived?.stood)).toEqual([true, true]);
  });

  test.each([
    { why: 'a slice that its scan lacks', files: [slice(3)] },
    { why: 'a scan that it lacks', files: [slice(1, { series: 2 })] },
    { why: 'what stands there and one more', files: [slice(1), slice(2), slice(3)] },
  ])('is not added to by default: $why is refused, and nothing is changed', async ({ files }) => {
    await deliver(ports, await first());
    const before = snapshot();
    const second = await readyToPush(ports, { number: 2, files });
    const pushing = pushAll(ports, second);
    await expect(pushing).rejects.toEqual(refusal('SessionExists'));
    // it names what stands by XNAT's own id
    await expect(pushing).rejects.toThrow(/XNAT_E00001/);
    expect(snapshot()).toBe(before);
  });

  test('holds more than a part that is sent once more: that is refused, with the advice that helps', async () => {
    await deliver(ports, await first());
    const before = snapshot();
    const part = { files: [slice(1)] };
    await expect(pushAll(ports, await readyToPush(ports, { number: 2, ...part }))).rejects.toEqual(
      refusal('ScanTaken'),
    );
    expect(errorCatalogue.ScanTaken.action).toContain('onConflict append');
    const again = await readyToPush(ports, { number: 3, ...part, onConflict: 'append' });
    await deliver(ports, again);
    expect(snapshot()).toBe(before);
    expect((await receiptOf(again)).files.map(({ archived }) => archived?.stood)).toEqual([true]);
  });

  test('is added to when that was asked for: the receipt is an addendum, chained to the first', async () => {
    const one = await first();
    await deliver(ports, one);
    const two = await readyToPush(ports, { number: 2, files: [slice(3)], onConflict: 'append' });
    await deliver(ports, two);
    const three = await readyToPush(ports, { number: 3, files: [slice(1, { series: 2 })], onConflict: 'append' });
    await deliver(ports, three);
    expect(
      [...(ports.archive.sessions.values().next().value?.scans.values() ?? [])].map(({ files }) => files.size),
    ).toEqual([3, 1]);
    expect((await receiptOf(one)).sessions.map(({ previous }) => previous)).toEqual([undefined]);
    expect((await receiptOf(two)).sessions.map(({ previous }) => previous)).toEqual([
      { submission: one.submission, sha256: await digestOf(one) },
    ]);
    expect((await receiptOf(three)).sessions.map(({ previous }) => previous)).toEqual([
      { submission: two.submission, sha256: await digestOf(two) },
    ]);
    for (const { submission } of [one, two, three]) verifyChain(await ports.ledger.events(submission));
  });

  test('is never overwritten, whatever is asked for', async () => {
    await deliver(ports, await first());
    const { files } = onlyScan();
    files.set([...files.keys()][0] ?? '', Buffer.from('edited by a curator'));
    const before = snapshot();
    const second = await readyToPush(ports, { number: 2, files: [slice(1), slice(3)], onConflict: 'append' });
    await expect(pushAll(ports, second)).rejects.toEqual(refusal('ScanTaken'));
    expect(snapshot()).toBe(before);
  });

  test.each([
    { why: 'it is of another subject', spoil: { subject: 'OTHER' }, code: 'LabelTaken' },
    { why: 'it holds another study', spoil: { study: '2.25.9' }, code: 'LabelTaken' },
    { why: 'it has another type', spoil: { xsiType: 'xnat:mrSessionData' }, code: 'LabelTaken' },
  ])('is not merged with when $why, though appending was asked for', async ({ spoil, code }) => {
    await deliver(ports, await first());
    Object.assign(onlyScan().session, spoil);
    const before = snapshot();
    const second = await readyToPush(ports, { number: 2, files: [slice(3)], onConflict: 'append' });
    await expect(pushAll(ports, second)).rejects.toEqual(refusal(code));
    expect(snapshot()).toBe(before);
  });

  test('is found under another label too', async () => {
    await deliver(ports, await first());
    const second = await readyToPush(ports, {
      number: 2,
      files: [slice(3)],
      session: 'ELSEWHERE',
      onConflict: 'append',
    });
    await expect(pushAll(ports, second)).rejects.toEqual(refusal('StudyElsewhere'));
    expect(ports.archive.sessions.size).toBe(1);
  });

  test('is left alone by a submission that asked for a new label', async () => {
    await deliver(ports, await first());
    const before = [...ports.archive.sessions.keys()];
    for (const number of [2, 3]) {
      await deliver(ports, await readyToPush(ports, { number, files: [slice(number)], onConflict: 'new-label' }));
    }
    const [label = ''] = before;
    expect([...ports.archive.sessions.keys()]).toEqual([label, `${label}-2`, `${label}-3`]);
  });
});

describe('a push that was interrupted', () => {
  test('sends what is missing, and no scan that is complete', async () => {
    const input = await readyToPush(ports, { files: [slice(1), slice(1, { series: 2 }), slice(1, { series: 3 })] });
    const sent: string[] = [];
    let isUp = true;
    const { putPack } = ports.archive;
    const archive = {
      ...ports.archive,
      async putPack(...args: Parameters<typeof putPack>) {
        if (!isUp) throw new Error('gone');
        await putPack(...args);
        sent.push(args[0].scan.scan);
        isUp = sent.length !== 2;
      },
    };
    await expect(pushAll({ ...ports, archive }, input)).rejects.toThrow('gone');
    isUp = true;
    await pushAll({ ...ports, archive }, input);
    expect(sent).toEqual(['1', '2', '3']);
  });

  test('repairs what its own broken writing left, and knows that session as its own', async () => {
    const input = await readyToPush(ports, { files: [slice(1), slice(2)] });
    await pushAll(ports, input);
    const { files } = onlyScan();
    files.set([...files.keys()][0] ?? '', Buffer.from('half'));
    await deliver(ports, input);
    expect((await receiptOf(input)).files.map(({ archived }) => archived?.stood)).toEqual([undefined, undefined]);
  });
});
