import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileSecret } from '../../../lambdas/adapters/fileSecret.ts';
import { secretProjectKeys } from '../../../lambdas/adapters/secretProjectKeys.ts';
import { secretsManagerSecret } from '../../../lambdas/adapters/secretsManagerSecret.ts';
import { awsJsonServer } from '../../fakes/awsJsonServer.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secret-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a secret', () => {
  test('is read from a file', async () => {
    const path = join(folder, 'secret.json');
    await writeFile(path, '{"a":1}');
    expect(await fileSecret({ path })()).toBe('{"a":1}');
  });

  test('is read from Secrets Manager', async () => {
    const { config, close } = await awsJsonServer({
      GetSecretValue: ({ SecretId }) => ({ SecretString: `text of ${SecretId}` }),
    });
    const client = new SecretsManagerClient(config);
    expect(await secretsManagerSecret({ client, secretId: 'xnat' })()).toBe('text of xnat');
    await close();
  });

  test('that does not open is a fault of storage', async () => {
    const { config, close } = await awsJsonServer({});
    const client = new SecretsManagerClient(config);
    const reads = [secretsManagerSecret({ client, secretId: 'xnat' }), fileSecret({ path: join(folder, 'absent') })];
    for (const read of reads) await expect(read()).rejects.toMatchObject({ name: 'StorageUnavailable' });
    await close();
  });
});

describe('the project keys', () => {
  const secret = JSON.stringify({ key: 'A'.repeat(44) });

  test('are 32 bytes, the same each time, and differ by project and by secret', async () => {
    const keys = secretProjectKeys(async () => secret);
    const key = await keys.of('TRIAL');
    expect(key).toHaveLength(32);
    expect(await secretProjectKeys(async () => secret).of('TRIAL')).toEqual(key);
    expect(await keys.of('TRIAL2')).not.toEqual(key);
    expect(await secretProjectKeys(async () => JSON.stringify({ key: 'B'.repeat(44) })).of('TRIAL')).not.toEqual(key);
  });

  test('stay what they are: pseudonyms given once depend on them', async () => {
    // HMAC-SHA-256 by OpenSSL: printf 'airlock project TRIAL' | openssl dgst -sha256 -hmac AAAA…
    const key = await secretProjectKeys(async () => secret).of('TRIAL');
    expect(Buffer.from(key).toString('hex')).toBe('5a494f0141ff2f42d24ca754985c018486b6633c17cbc4edc4320d39ef7acf7d');
  });

  test('ask for the secret again after a fault, and only once when it was read', async () => {
    let reads = 0;
    const keys = secretProjectKeys(async () => {
      reads += 1;
      if (reads === 1) throw new Error('no answer');
      return secret;
    });
    await expect(keys.of('TRIAL')).rejects.toThrow('no answer');
    await keys.of('TRIAL');
    await keys.of('OTHER');
    expect(reads).toBe(2);
  });

  test.each([
    { why: 'is no JSON', text: 'SECRETVALUE'.repeat(5) },
    { why: 'has no key', text: '{"other":"SECRETVALUE"}' },
    { why: 'has a key that can be guessed', text: '{"key":"SECRETVALUE"}' },
  ])('refuse a secret that $why, and do not quote it', async ({ text }) => {
    const fault = await secretProjectKeys(async () => text)
      .of('TRIAL')
      .catch((error: unknown) => error);
    expect(fault).toMatchObject({ name: 'UnexpectedFault' });
    expect(String(fault)).not.toContain('SECRETVALUE');
  });
});
