import { beforeEach, describe, expect, test } from 'vitest';
import { hashBytes } from '../../core/audit/hashJson.ts';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { receiptBytes } from '../../core/audit/receiptBytes.ts';
import { verifyChain } from '../../core/audit/verifyChain.ts';
import { errorCatalogue } from '../../core/submission/codes/errorCatalogue.ts';
import { auditKeys } from '../../core/submission/contracts/keys.ts';
import type { StepInput } from '../../core/submission/contracts/steps.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { deliver, pushAll, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { demoPolicy } from '../fixtures/submissions.ts';

let ports: ReturnType<typeof memoryPorts>;
beforeEach(() => {
  ports = memoryPorts(demoPolicy);
});

const refusal = (name: string) => expect.objectContaining({ name });
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
