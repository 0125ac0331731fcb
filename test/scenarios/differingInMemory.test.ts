import { beforeEach, describe, expect, test } from 'vitest';
import { hashBytes } from '../../core/audit/hashJson.ts';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { verifyChain } from '../../core/audit/verifyChain.ts';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { advance, pipeline } from '../../core/submission/attempts/advance.ts';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { auditKeys, workKeys } from '../../core/submission/contracts/keys.ts';
import { ArchiveFinding, Delivery, type StepInput } from '../../core/submission/contracts/steps.ts';
import { readDocument, readLines } from '../../core/submission/storage/documents.ts';
import { confirmArchive } from '../../lambdas/steps/confirmArchive.ts';
import { sealReceipt } from '../../lambdas/steps/sealReceipt.ts';
import { memoryArchive } from '../fakes/memoryArchive.ts';
import { memoryExecutions } from '../fakes/memoryExecutions.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { pushAll, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { demoPolicy } from '../fixtures/submissions.ts';

let ports: ReturnType<typeof memoryPorts>;
beforeEach(() => {
  ports = memoryPorts(demoPolicy);
});

const held = { decision: 'hold' };
const stateOf = ({ submission }: StepInput) => ports.ledger.get(submission);
const receiptOf = async ({ submission }: StepInput) =>
  (await readDocument(ports.audit, auditKeys.receipt(submission), SignedReceipt)).receipt;

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

  test.each([
    { confirm: 'listed' as const, decision: 'accept' },
    { confirm: 'download' as const, decision: 'hold' },
  ])(
    'a file whose listed digest is not its own is told by a policy that confirms by $confirm: $decision',
    async (row) => {
      const { confirm, decision } = row;
      const policy = ProjectPolicy.parse({ ...demoPolicy, delivery: { ...demoPolicy.delivery, confirm } });
      ports = memoryPorts(policy);
      const input = await readyToPush(ports, { files: [slice(1)] });
      await pushAll(ports, input);
      const { files } = onlyScan();
      const [[name, bytes] = ['', new Uint8Array()]] = files;
      const { listFiles, digestFile } = ports.archive;
      const listed = new Map<string, Awaited<ReturnType<typeof listFiles>>>();
      // XNAT's catalog keeps what it knew, and each sending of the file is lost again
      const stale = {
        ...{ ...ports.archive, digestFile, putPack: async () => undefined },
        async listFiles(target: Parameters<typeof listFiles>[0]) {
          const known = listed.get(target.scan.id) ?? (await listFiles(target));
          listed.set(target.scan.id, known);
          return known;
        },
      };
      await stale.listFiles(await readDocument(ports.work, workKeys.delivery(input.submission, 'd0001'), Delivery));
      files.set(name, Buffer.from(bytes).fill(7, 0, 1));
      expect(await confirmArchive({ ...ports, archive: stale })(input)).toEqual({ decision });
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
