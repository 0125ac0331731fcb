import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashBytes } from '../../../core/audit/hashJson.ts';
import { Receipt, type SignedReceipt } from '../../../core/audit/Receipt.ts';
import { Relabelling } from '../../../core/audit/Relabelling.ts';
import { receiptBytes } from '../../../core/audit/receiptBytes.ts';
import { relabellingBytes } from '../../../core/audit/relabellingBytes.ts';
import { airlock, folderOf } from './cliRun.ts';

const sha256 = 'ab'.repeat(32);
const ours = generateKeyPairSync('ed25519');
const theirs = generateKeyPairSync('ed25519');
const keyOf = (key: KeyObject) => key.export({ format: 'der', type: 'spki' }).toString('base64');
const signed = (bytes: Uint8Array, { publicKey, privateKey } = ours) => ({
  ...{ algorithm: 'Ed25519', publicKey: keyOf(publicKey) },
  value: sign(null, bytes, privateKey).toString('base64'),
});

const idOf = (number: number) => `sub_${String(number).padStart(26, '0')}`;
const nameOf = (receipt: Receipt) => ({ submission: receipt.submission, sha256: hashBytes(receiptBytes(receipt)) });

/** The receipt of a submission, an addendum to another one when that is given. */
function receiptOf(number: number, previous?: { submission: string; sha256: string }): Receipt {
  return Receipt.parse({
    ...{
      v: 1,
      submission: idOf(number),
      attempt: 1,
      site: 'north',
      project: 'DEMO',
      issuedAt: '2026-01-02T03:04:05.678Z',
    },
    manifest: { sha256, sizeBytes: 1, files: 1, bytes: 1 },
    policy: { sha256, profile: 'p' },
    sessions: [{ subject: 'S', session: 'E', uri: '/data/experiments/XNAT_E00001', ...(previous && { previous }) }],
    totals: { announced: 1, archived: 0, held: 0, refused: 1, duplicate: 0 },
    files: [{ file: 0, sha256, sizeBytes: 1, outcome: 'refused', code: 'NotDicom' }],
    chain: { seq: 8, hash: sha256 },
  });
}

const [first, other] = [receiptOf(1), receiptOf(9)];
const second = receiptOf(2, nameOf(first));
const third = receiptOf(3, nameOf(second));
const relabelling = Relabelling.parse({
  ...{ v: 1, kind: 'relabelling', submission: idOf(1), attempt: 2, site: 'north', project: 'DEMO', number: 1, by: 'x' },
  ...{ issuedAt: '2026-01-02T03:04:05.678Z', receipt: nameOf(first).sha256, previous: nameOf(second), files: 1 },
  ...{ uri: '/data/experiments/XNAT_E00001', from: { subject: 'S', session: 'E' }, to: { subject: 'S', session: 'F' } },
  ...{ madeSubject: false, chain: { seq: 8, hash: sha256 } },
});
const later = receiptOf(4, { submission: idOf(1), sha256: hashBytes(relabellingBytes(relabelling)) });

const copyOf = (receipt: Receipt, keys = ours) => ({ receipt, signature: signed(receiptBytes(receipt), keys) });
const documents: Record<string, unknown> = {
  ...{ first: copyOf(first), second: copyOf(second), third: copyOf(third), other: copyOf(other), later: copyOf(later) },
  addendum: { relabelling, signature: signed(relabellingBytes(relabelling)) },
  tampered: { ...copyOf(first), receipt: { ...first, site: 'south' } },
  forged: copyOf(first, theirs),
  tamperedAddendum: {
    ...{ relabelling: { ...relabelling, to: { subject: 'S', session: 'G' } } },
    signature: signed(relabellingBytes(relabelling)),
  },
  certificate: {
    certificate: {
      ...{ v: 1, kind: 'deletion', submission: idOf(1), attempt: 1, site: 'north', project: 'DEMO', reason: 'other' },
      ...{ issuedAt: '2026-01-02T03:04:05.678Z', objects: 1, archive: [], chain: { seq: 1, hash: sha256 } },
    },
    signature: signed(Buffer.from('x')),
  },
} satisfies Record<string, Partial<SignedReceipt> | object>;

let folder: string;
beforeAll(async () => {
  folder = await folderOf({ key: keyOf(ours.publicKey) });
  for (const [name, document] of Object.entries(documents))
    await writeFile(join(folder, name), JSON.stringify(document));
});
afterAll(() => rm(folder, { recursive: true }));

const verify = (name: string, previous: string) =>
  airlock(['verify', name, '--previous', previous, '--key', 'key'], { cwd: folder, env: {} });

test.each([
  { name: 'second', previous: 'first' },
  { name: 'third', previous: 'second' },
  { name: 'addendum', previous: 'first' },
  { name: 'addendum', previous: 'second' },
  { name: 'later', previous: 'addendum' },
])('$name is proven an addendum to $previous', async ({ name, previous }) => {
  const { exit, out, err } = await verify(name, previous);
  expect({ exit, out }).toEqual({ exit: 0, out: [] });
  expect(err.at(-1)).toMatch(/^It is an addendum to the receipt of sub_/);
});

test.each([
  { name: 'first', previous: 'second', why: 'the order is the other one' },
  { name: 'third', previous: 'first', why: 'one is missing between them' },
  { name: 'second', previous: 'other', why: 'it follows another one' },
  { name: 'addendum', previous: 'third', why: 'it was written before' },
])('$name is said to be no addendum to $previous, since $why', async ({ name, previous }) => {
  const { exit, out } = await verify(name, previous);
  expect({ exit, out }).toEqual({ exit: 9, out: [expect.stringMatching(/^unrelated {2}it is no addendum/)] });
});

test.each([
  { name: 'second', previous: 'tampered', why: 'a field of the first was changed' },
  { name: 'second', previous: 'forged', why: 'the first is signed with another key' },
  { name: 'later', previous: 'tamperedAddendum', why: 'labels were changed' },
  { name: 'tamperedAddendum', previous: 'first', why: 'its own labels were changed' },
  { name: 'tampered', previous: 'first', why: 'a field of its own was changed' },
])('$name with $previous is refused: $why', async ({ name, previous }) => {
  const { exit, err } = await verify(name, previous);
  expect(exit).toBe(9);
  expect(err.at(-1)).toMatch(/^ReceiptInvalid: /);
  expect(err.join()).not.toContain('It is an addendum');
});

test('a deletion certificate is nothing to be an addendum to', async () => {
  expect((await verify('second', 'certificate')).exit).toBe(2);
});
