import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { IdentityClient } from './identityClients.ts';
import { LocalUser } from './identityProvider.ts';
import { keyFiles } from './localAddresses.ts';

/** Everything secret of one machine. It is made at the first start, and each file is readable by its owner alone. */
export interface Keyring {
  /** What the functions sign their requests to S3 and Step Functions with. */
  credentials: { accessKeyId: string; secretAccessKey: string };
  jwks: { keys: object[] };
  /** Secrets of the machine clients by client id. */
  clientSecrets: ReadonlyMap<string, string>;
  users: LocalUser[];
  xnat: XnatAccount;
  /** The account that may delete. */
  xnatRemoval: XnatAccount;
}

export const XnatAccount = z.object({ url: z.url(), username: z.string(), password: z.string() });
export type XnatAccount = z.infer<typeof XnatAccount>;

const Credentials = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });
const Jwks = z.object({ keys: z.array(z.looseObject({ kty: z.literal('RSA') })) });

interface KeyringOptions {
  dataDir: string;
  clients: IdentityClient[];
  /** Groups of the user pool. */
  groups: string[];
  /** The account at a real XNAT, or where the stand-in will be. */
  xnat: XnatAccount | { url: string };
  /** At a real XNAT; the one that delivers when absent. */
  xnatRemoval?: XnatAccount | undefined;
}

export function openKeyring({ dataDir, clients, groups, xnat, xnatRemoval }: KeyringOptions): Keyring {
  const directory = keysDirectory(dataDir);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const keep = <Value>(name: string, schema: z.ZodType<Value>, make: () => Value): Value =>
    schema.parse(JSON.parse(keepOnce(join(directory, name), () => JSON.stringify(make()))));
  keepOnce(join(directory, keyFiles.signing), newSigningKey);
  keep(keyFiles.deid, z.object({ key: z.string() }), () => ({ key: randomBytes(32).toString('base64') }));
  const machines = clients.filter(({ isMachine }) => isMachine);
  return {
    credentials: keep('aws.json', Credentials, () => ({
      accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
    })),
    jwks: keep('jwks.json', Jwks, newJwks),
    clientSecrets: new Map(
      machines.map(({ clientId }) => [clientId, keep(`client-${clientId}.json`, z.string(), newPassword)]),
    ),
    users: z.array(LocalUser).parse(JSON.parse(keepOnce(join(dataDir, 'users.json'), () => newUsers(groups)))),
    xnat: writeXnatAccount(join(directory, keyFiles.xnat), xnat, 'airlock'),
    xnatRemoval: writeXnatAccount(join(directory, keyFiles.xnatRemoval), xnatRemoval ?? xnat, 'airlock-removal'),
  };
}

export const keysDirectory = (dataDir: string) => join(dataDir, 'keys');

/** The text of a file, which is written with what `make` answers when there is none. */
function keepOnce(path: string, make: () => string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // "wx": what another start wrote meanwhile must not be lost
    writeFileSync(path, make(), { mode: 0o600, flag: 'wx' });
    return readFileSync(path, 'utf8');
  }
}

function newSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

function newJwks() {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  return { keys: [{ ...key, kty: 'RSA' as const, alg: 'RS256', use: 'sig', kid: randomBytes(8).toString('hex') }] };
}

/** One person who may do everything at the first site. */
function newUsers(groups: string[]): string {
  const [site] = groups.filter((group) => group.startsWith('site-'));
  const roles = groups.filter((group) => !group.startsWith('site-'));
  const demo = { name: 'demo', password: newPassword(), groups: [...(site === undefined ? [] : [site]), ...roles] };
  return JSON.stringify([demo], undefined, 2);
}

/** 120 random bits, without characters that are hard to tell or to type. */
const newPassword = () => randomBytes(15).toString('base64url');

/** The functions read the account from here; the stand-in's password stays, its address may change. */
function writeXnatAccount(path: string, xnat: XnatAccount | { url: string }, username: string): XnatAccount {
  const own = { username, password: newPassword(), ...readAccount(path) };
  const account = 'username' in xnat ? xnat : { ...own, url: xnat.url };
  writeFileSync(path, JSON.stringify(account), { mode: 0o600 });
  return account;
}

function readAccount(path: string): XnatAccount | undefined {
  try {
    return XnatAccount.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
