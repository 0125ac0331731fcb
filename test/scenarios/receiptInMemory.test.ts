import { beforeEach, describe, expect, test } from 'vitest';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { auditKeys } from '../../core/submission/contracts/keys.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { confirmArchive } from '../../lambdas/steps/confirmArchive.ts';
import { sealReceipt } from '../../lambdas/steps/sealReceipt.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { deliver, pushAll, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { demoPolicy } from '../fixtures/submissions.ts';

let ports: ReturnType<typeof memoryPorts>;
beforeEach(() => {
  ports = memoryPorts(demoPolicy);
});

const refusal = (name: string) => expect.objectContaining({ name });

function onlySession() {
  const [session] = ports.archive.sessions.values();
  if (session === undefined) throw new Error('There is no session');
  return session;
}

describe('a receipt', () => {
  test('stands in XNAT beside the data, as it stands in AUDIT, and that of an addendum beside it', async () => {
    const one = await readyToPush(ports, { files: [slice(1)] });
    await deliver(ports, one);
    const two = await readyToPush(ports, { number: 2, files: [slice(2)], onConflict: 'append' });
    await deliver(ports, two);
    const session = onlySession();
    expect([...(session.resources.get('AIRLOCK') ?? new Map()).keys()]).toEqual([
      `${one.submission}.json`,
      `${two.submission}.json`,
    ]);
    for (const { submission } of [one, two]) {
      const kept = Buffer.concat(await Array.fromAsync(ports.audit.read(auditKeys.receipt(submission))));
      expect(Buffer.from(session.resources.get('AIRLOCK')?.get(`${submission}.json`) ?? []).equals(kept)).toBe(true);
    }
  });

  test('is not sealed beside another one of its name', async () => {
    const input = await readyToPush(ports, { files: [slice(1)] });
    await pushAll(ports, input);
    onlySession().resources.set('AIRLOCK', new Map([[`${input.submission}.json`, Buffer.from('forged')]]));
    await confirmArchive(ports)(input);
    await expect(sealReceipt(ports)(input)).rejects.toEqual(refusal('ArchiveMismatch'));
    expect((await ports.ledger.get(input.submission))?.state).toBe('confirming');
  });

  test.each([0, 100])('of which XNAT kept %i bytes only when it died is written anew', async (kept) => {
    const input = await readyToPush(ports, { files: [slice(1)] });
    await pushAll(ports, input);
    await confirmArchive(ports)(input);
    const records = () => onlySession().resources.get('AIRLOCK') ?? new Map<string, Uint8Array>();
    const name = `${input.submission}.json`;
    const { putRecord } = ports.archive;
    const dying = {
      ...ports.archive,
      async putRecord(...args: Parameters<typeof putRecord>) {
        await putRecord(...args);
        records().set(name, (records().get(name) ?? new Uint8Array()).subarray(0, kept));
        throw new Error('gone');
      },
    };
    await expect(sealReceipt({ ...ports, archive: dying })(input)).rejects.toThrow('gone');
    expect(records().get(name)?.length).toBe(kept);
    await sealReceipt(ports)(input);
    const sealed = Buffer.concat(await Array.fromAsync(ports.audit.read(auditKeys.receipt(input.submission))));
    expect(sealed.equals(records().get(name) ?? new Uint8Array())).toBe(true);
    expect((await ports.ledger.get(input.submission))?.state).toBe('archived');
  });

  test('of an addendum stays the last one, though the first submission is sealed once more by a slow attempt', async () => {
    const one = await readyToPush(ports, { files: [slice(1)] });
    await pushAll(ports, one);
    await confirmArchive(ports)(one);
    const slow = Promise.withResolvers<void>();
    const [begun, noting] = [Promise.withResolvers<void>(), ports.registers.swap];
    let isFirst = true;
    const registers = {
      ...ports.registers,
      async swap(...args: Parameters<typeof noting>) {
        if (isFirst && args[0].startsWith('receipt/')) {
          isFirst = false;
          begun.resolve();
          await slow.promise;
        }
        return noting(...args);
      },
    };
    const sealing = sealReceipt({ ...ports, registers })(one);
    await begun.promise;
    await sealReceipt(ports)(one);
    await deliver(ports, await readyToPush(ports, { number: 2, files: [slice(3)], onConflict: 'append' }));
    slow.resolve();
    await sealing;
    const three = await readyToPush(ports, { number: 3, files: [slice(4)], onConflict: 'append' });
    await deliver(ports, three);
    const { receipt } = await readDocument(ports.audit, auditKeys.receipt(three.submission), SignedReceipt);
    expect(receipt.sessions.map(({ previous }) => previous?.submission)).toEqual(['sub_01JD0000000000000000000002']);
  });
});
