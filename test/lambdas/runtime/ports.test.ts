import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { lambdaPorts } from '../../../lambdas/runtime/ports.ts';
import { draft } from '../../contracts/changes.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ports-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  vi.unstubAllEnvs();
});

// In this order: a port that opened stays open, so the first test must find the environment empty.
test.each([
  'staging',
  'work',
  'clean',
  'quarantine',
  'audit',
  'uploads',
  'ledger',
  'executions',
  'signer',
  'archive',
  'projectKeys',
  'policies',
  'signIn',
] as const)('the port %s names its variable when it is missing, and is tried again', (port) => {
  expect(() => lambdaPorts()[port]).toThrow(expect.objectContaining({ name: 'UnexpectedFault' }));
});

test('a malformed variable is refused by its name and not by its value', () => {
  vi.stubEnv('STAGING_BUCKET', 'Not A Bucket');
  expect(() => lambdaPorts().staging).toThrow(/STAGING_BUCKET is missing or malformed$/);
});

test('on one machine the same variables hold local addresses', async () => {
  await writeFile(
    join(folder, 'key.pem'),
    generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }),
  );
  await writeFile(join(folder, 'deid.json'), JSON.stringify({ key: 'A'.repeat(44) }));
  await writeFile(
    join(folder, 'projects.json'),
    JSON.stringify([{ project: 'P', xnatProject: 'P', sites: ['north'] }]),
  );
  vi.stubEnv('LEDGER_TABLE', `sqlite:${join(folder, 'ledger.sqlite')}`);
  vi.stubEnv('SIGNING_KEY_ID', `file:${join(folder, 'key.pem')}`);
  vi.stubEnv('DEID_SECRET_ID', `file:${join(folder, 'deid.json')}`);
  vi.stubEnv('PROJECTS_FILE', join(folder, 'projects.json'));
  const { ledger, signer, projectKeys, policies } = lambdaPorts();
  const change = draft(1);
  await ledger.create(change);
  expect(await ledger.get(change.next.id)).toEqual(change.next);
  expect(Buffer.from(await signer.sign(Buffer.from('a')), 'base64')).toHaveLength(64);
  expect(await projectKeys.of('P')).toHaveLength(32);
  expect(policies.get('P')?.sites).toEqual(['north']);
  expect(policies.get('Q')).toBeUndefined();
});
