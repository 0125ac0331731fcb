import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { crc32, createDeflateRaw, createInflateRaw } from 'node:zlib';
import * as z from 'zod';
import { limits } from '../../core/policy/limits.ts';
import type { Archive, ObjectStore, Ports, Signer } from '../../core/submission/ports.ts';
import type { Removal } from '../../core/submission/Removal.ts';
import { codecsFromNode } from '../../core/submission/storage/codecsFromNode.ts';
import { awaitedArchive } from '../adapters/awaitedArchive.ts';
import { awaitedRemoval } from '../adapters/awaitedRemoval.ts';
import { dynamoLedger } from '../adapters/dynamoLedger.ts';
import { dynamoRegisters } from '../adapters/dynamoRegisters.ts';
import { filePolicies } from '../adapters/filePolicies.ts';
import { fileSecret } from '../adapters/fileSecret.ts';
import { fileSigner } from '../adapters/fileSigner.ts';
import { kmsSigner } from '../adapters/kmsSigner.ts';
import { s3Client } from '../adapters/s3Client.ts';
import { s3ObjectStore } from '../adapters/s3ObjectStore.ts';
import { s3ReceiptLinks } from '../adapters/s3ReceiptLinks.ts';
import { s3UploadStore } from '../adapters/s3UploadStore.ts';
import { secretProjectKeys } from '../adapters/secretProjectKeys.ts';
import { secretsManagerSecret } from '../adapters/secretsManagerSecret.ts';
import { sqliteLedger } from '../adapters/sqliteLedger.ts';
import { sqliteRegisters } from '../adapters/sqliteRegisters.ts';
import { stepFunctionsExecutions } from '../adapters/stepFunctionsExecutions.ts';
import { systemClock } from '../adapters/systemClock.ts';
import { ulidIds } from '../adapters/ulidIds.ts';
import { xnatArchive } from '../adapters/xnatArchive.ts';
import { xnatRemoval } from '../adapters/xnatRemoval.ts';
import { type EnvironmentName, readEnvironment } from './environment.ts';
import { once } from './once.ts';

/** What XNAT's access log calls us. */
const userAgent = 'xnat-airlock';

/**
 * What a Lambda function is given, built from its environment: once per cold start, and each port when it is first
 * asked for, so that a function needs the variables of its own ports alone.
 */
export const lambdaPorts = once((): Ports => {
  const client = once(s3Client);
  const bucket = (name: EnvironmentName) =>
    once((): ObjectStore => s3ObjectStore({ client: client(), bucket: readEnvironment(name) }));
  const staging = bucket('STAGING_BUCKET');
  const work = bucket('WORK_BUCKET');
  const clean = bucket('CLEAN_BUCKET');
  const quarantine = bucket('QUARANTINE_BUCKET');
  const audit = bucket('AUDIT_BUCKET');
  const uploads = once(() =>
    s3UploadStore({ client: client(), bucket: readEnvironment('STAGING_BUCKET'), urlSeconds: limits.partUrlSeconds }),
  );
  const receiptLinks = once(() =>
    s3ReceiptLinks({ client: client(), bucket: readEnvironment('AUDIT_BUCKET'), urlSeconds: limits.receiptUrlSeconds }),
  );
  const ledger = once(openLedger);
  const registers = once(openRegisters);
  const executions = once(() => stepFunctionsExecutions({ stateMachineArn: readEnvironment('STATE_MACHINE_ARN') }));
  const archive = once(openArchive);
  const removal = once(openRemoval);
  const signer = once(openSigner);
  const projectKeys = once(() => secretProjectKeys(openSecret('DEID_SECRET_ID')));
  const policies = once(() => filePolicies({ path: resolve(import.meta.dirname, readEnvironment('PROJECTS_FILE')) }));
  const codecs = once(() =>
    codecsFromNode({
      crypto: { createHash },
      zlib: { crc32, createInflateRaw, createDeflateRaw },
      stream: { Readable },
    }),
  );
  return {
    get staging() {
      return staging();
    },
    get work() {
      return work();
    },
    get clean() {
      return clean();
    },
    get quarantine() {
      return quarantine();
    },
    get audit() {
      return audit();
    },
    get uploads() {
      return uploads();
    },
    get ledger() {
      return ledger();
    },
    get registers() {
      return registers();
    },
    get executions() {
      return executions();
    },
    get archive() {
      return archive();
    },
    get removal() {
      return removal();
    },
    get signer() {
      return signer();
    },
    get projectKeys() {
      return projectKeys();
    },
    get policies() {
      return policies();
    },
    get receiptLinks() {
      return receiptLinks();
    },
    get signIn() {
      return {
        issuer: readEnvironment('OIDC_ISSUER'),
        clientId: readEnvironment('OIDC_CLIENT_ID'),
        scopes: ['openid'],
      };
    },
    get codecs() {
      return codecs();
    },
    clock: systemClock,
    ids: ulidIds,
  };
});

function openLedger() {
  const table = readEnvironment('LEDGER_TABLE');
  const path = localPath('sqlite:', table);
  return path === undefined ? dynamoLedger({ table }) : sqliteLedger({ path });
}

function openRegisters() {
  const table = readEnvironment('LEDGER_TABLE');
  const path = localPath('sqlite:', table);
  return path === undefined ? dynamoRegisters({ table }) : sqliteRegisters({ path });
}

function openSigner(): Signer {
  const keyId = readEnvironment('SIGNING_KEY_ID');
  const path = localPath('file:', keyId);
  return path === undefined ? kmsSigner({ keyId }) : fileSigner({ path });
}

function openSecret(name: 'DEID_SECRET_ID' | 'XNAT_SECRET_ID' | 'XNAT_REMOVAL_SECRET_ID'): () => Promise<string> {
  const secretId = readEnvironment(name);
  const path = localPath('file:', secretId);
  return path === undefined ? secretsManagerSecret({ secretId }) : fileSecret({ path });
}

const XnatSecret = z.object({ url: z.url(), username: z.string().min(1), password: z.string().min(1) });

let openedArchive: Archive | undefined;
let openedRemoval: Removal | undefined;

function openArchive() {
  const readSecret = openSecret('XNAT_SECRET_ID');
  openedArchive = awaitedArchive(async () =>
    xnatArchive({ ...XnatSecret.parse(JSON.parse(await readSecret())), userAgent }),
  );
  return openedArchive;
}

function openRemoval() {
  const readSecret = openSecret('XNAT_REMOVAL_SECRET_ID');
  openedRemoval = awaitedRemoval(async () =>
    xnatRemoval({ ...XnatSecret.parse(JSON.parse(await readSecret())), userAgent }),
  );
  return openedRemoval;
}

/**
 * Ends the session at XNAT with the invocation that opened it: a function that is frozen afterwards cannot do so later,
 * its sockets die meanwhile, and idle sessions count against XNAT's cap for 15 minutes each.
 */
export const signOut = async () => {
  await openedArchive?.end();
  await openedRemoval?.end();
};

/** The path behind a local scheme; undefined when the value names something on AWS. */
const localPath = (scheme: 'sqlite:' | 'file:', value: string) =>
  value.startsWith(scheme) ? value.slice(scheme.length) : undefined;
