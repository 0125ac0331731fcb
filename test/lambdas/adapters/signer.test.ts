import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { receiptBytes } from '../../../core/audit/receiptBytes.ts';
import type { Signer } from '../../../core/submission/ports.ts';
import { fileSigner } from '../../../lambdas/adapters/fileSigner.ts';
import { kmsSigner } from '../../../lambdas/adapters/kmsSigner.ts';
import { awsJsonServer } from '../../fakes/awsJsonServer.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signer-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** KMS as far as a signer sees it, with its limit on raw messages. */
function localKms() {
  return awsJsonServer({
    GetPublicKey: () => ({ PublicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64') }),
    Sign: ({ Message, MessageType, SigningAlgorithm }) => {
      const bytes = Buffer.from(String(Message), 'base64');
      const isServed = MessageType === 'RAW' && SigningAlgorithm === 'ED25519_SHA_512' && bytes.length <= 4096;
      if (!isServed) throw new RangeError('ValidationException');
      return { Signature: sign(null, bytes, privateKey).toString('base64') };
    },
  });
}

describe.each([
  {
    name: 'a file',
    async open(): Promise<{ signer: Signer; close(): Promise<void> }> {
      const path = join(folder, 'key.pem');
      await writeFile(path, pem);
      return { signer: fileSigner({ path }), close: async () => undefined };
    },
  },
  {
    name: 'KMS',
    async open() {
      const { config, close } = await localKms();
      return { signer: kmsSigner({ client: new KMSClient(config), keyId: 'alias/receipts' }), close };
    },
  },
])('the signer with its key in $name', ({ open }) => {
  test('signs bytes so that its public key verifies them, and no others', async () => {
    const { signer, close } = await open();
    const bytes = Buffer.from('what is signed');
    const key = createPublicKey({ key: Buffer.from(await signer.publicKey(), 'base64'), format: 'der', type: 'spki' });
    const signature = Buffer.from(await signer.sign(bytes), 'base64');
    expect(verify(null, bytes, key, signature)).toBe(true);
    expect(verify(null, Buffer.from('what is signeD'), key, signature)).toBe(false);
    await close();
  });
});

test('what is signed of a receipt of any size is short enough for KMS', () => {
  const sha256 = 'ab'.repeat(32);
  const files = Array.from({ length: 5000 }, (_, file) => ({
    file,
    sha256,
    sizeBytes: 1,
    outcome: 'refused' as const,
  }));
  const receipt = {
    v: 1,
    submission: `sub_${'0'.repeat(26)}`,
    attempt: 1,
    site: 'north',
    project: 'TRIAL',
    issuedAt: '2026-01-01T00:00:00.000Z',
    manifest: { sha256, sizeBytes: 1, files: 5000, bytes: 5000 },
    policy: { sha256, profile: 'p' },
    sessions: [],
    totals: { announced: 5000, archived: 0, held: 0, refused: 5000, duplicate: 0 },
    files,
    chain: { seq: 1, hash: sha256 },
  } as const;
  expect(receiptBytes({ ...receipt, sessions: [], files }).length).toBeLessThan(4096);
});

test('says that KMS does not answer when it refuses', async () => {
  const { config, close } = await awsJsonServer({});
  const signer = kmsSigner({ client: new KMSClient(config), keyId: 'alias/receipts' });
  await expect(signer.publicKey()).rejects.toMatchObject({ name: 'StorageUnavailable' });
  await expect(signer.sign(Buffer.from('a'))).rejects.toMatchObject({ name: 'StorageUnavailable' });
  await close();
});

test.each([
  { why: 'is absent', content: undefined },
  { why: 'is no key', content: 'no key' },
  {
    why: 'is a key of another kind',
    content: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }),
  },
])('refuses a key file that $why', async ({ why, content }) => {
  const path = join(folder, `${why.replaceAll(' ', '-')}.pem`);
  if (content !== undefined) await writeFile(path, content);
  expect(() => fileSigner({ path })).toThrow(expect.objectContaining({ name: 'UnexpectedFault' }));
});
