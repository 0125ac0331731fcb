import './quietLog.ts';

import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { Role } from '../../core/policy/accessTable.ts';
import { limits } from '../../core/policy/limits.ts';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import type { RouteName } from '../../core/submission/contracts/api.ts';
import { s3ObjectStore } from '../../lambdas/adapters/s3ObjectStore.ts';
import { s3ReceiptLinks } from '../../lambdas/adapters/s3ReceiptLinks.ts';
import { s3UploadStore } from '../../lambdas/adapters/s3UploadStore.ts';
import { ulidIds } from '../../lambdas/adapters/ulidIds.ts';
import { commitSubmission } from '../../lambdas/api/commitSubmission.ts';
import { completeObject } from '../../lambdas/api/completeObject.ts';
import { createSubmission } from '../../lambdas/api/createSubmission.ts';
import { describeService } from '../../lambdas/api/describeService.ts';
import { getCertificate } from '../../lambdas/api/getCertificate.ts';
import { getReceipt } from '../../lambdas/api/getReceipt.ts';
import { getSubmission } from '../../lambdas/api/getSubmission.ts';
import { listEvents } from '../../lambdas/api/listEvents.ts';
import { listParts } from '../../lambdas/api/listParts.ts';
import { listRelabellings } from '../../lambdas/api/listRelabellings.ts';
import { listSubmissions } from '../../lambdas/api/listSubmissions.ts';
import { putManifest } from '../../lambdas/api/putManifest.ts';
import { relabelSubmission } from '../../lambdas/api/relabelSubmission.ts';
import { resumeSubmission } from '../../lambdas/api/resumeSubmission.ts';
import { signParts } from '../../lambdas/api/signParts.ts';
import { withdrawSubmission } from '../../lambdas/api/withdrawSubmission.ts';
import { apiHandler } from '../../lambdas/runtime/apiHandler.ts';
import type { ApiRoute } from '../../lambdas/runtime/apiRoute.ts';
import { openLocalS3 } from '../infra/local/s3/localS3.ts';
import { lambdaContext } from './lambdaContext.ts';
import { memoryExecutions } from './memoryExecutions.ts';
import { memoryLedger } from './memoryLedger.ts';
import { portsOf } from './portsOf.ts';

export const apiRoutes: Record<RouteName, ApiRoute> = {
  describeService,
  createSubmission,
  listSubmissions,
  getSubmission,
  putManifest,
  signParts,
  listParts,
  completeObject,
  commitSubmission,
  resumeSubmission,
  relabelSubmission,
  listRelabellings,
  withdrawSubmission,
  getCertificate,
  getReceipt,
  listEvents,
};

export interface Call {
  /** Of the token; 'north' and uploader unless told. */
  site?: string;
  roles?: readonly Role[];
  /** Who it is; 'subject-1' unless told. */
  subject?: string;
  path?: Record<string, string>;
  query?: Record<string, string>;
  /** JSON, or a text that is sent as it is. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** The API's functions over a ledger in memory and the S3 server of one machine, called as API Gateway calls them. */
export async function openApi() {
  const s3 = await openLocalS3();
  const ledger = memoryLedger();
  const executions = memoryExecutions();
  const keys = generateKeyPairSync('ed25519');
  const policies = [
    ProjectPolicy.parse({ project: 'TRIAL', xnatProject: 'TRIAL', sites: ['north', 'south'] }),
    ProjectPolicy.parse({
      ...{ project: 'SOUTHONLY', xnatProject: 'SOUTHONLY', sites: ['south'] },
      delivery: { onConflict: ['append'] },
    }),
  ];
  const ports = portsOf({
    ledger,
    executions,
    staging: s3ObjectStore({ client: s3.client, bucket: 'staging' }),
    audit: s3ObjectStore({ client: s3.client, bucket: 'audit' }),
    uploads: s3UploadStore({ client: s3.client, bucket: 'staging', urlSeconds: limits.partUrlSeconds }),
    receiptLinks: s3ReceiptLinks({ client: s3.client, bucket: 'audit', urlSeconds: limits.receiptUrlSeconds }),
    policies: { get: (project) => policies.find((policy) => policy.project === project) },
    clock: { now: () => new Date().toISOString(), sleep: async () => undefined },
    ids: ulidIds,
    signIn: { issuer: 'https://sign-in.example.org', clientId: 'portal', scopes: ['openid'] },
    signer: {
      publicKey: async () => keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      sign: async (bytes) => sign(null, bytes, keys.privateKey).toString('base64'),
    },
  });
  return {
    ports,
    ledger,
    executions,
    close: s3.close,
    /** Answers the status, the headers and the body as JSON. */
    async call(name: RouteName, given: Call = {}) {
      const handler = apiHandler(apiRoutes[name], () => ports);
      const { statusCode, headers, body } = await handler(eventOf(given), lambdaContext);
      return { status: statusCode, headers, body: body === '' ? undefined : JSON.parse(body) };
    },
  };
}

export type Api = Awaited<ReturnType<typeof openApi>>;

/** The event of an HTTP API with a JWT authorizer, payload format 2.0. */
export function eventOf({
  site = 'north',
  roles = ['uploader'],
  subject = 'subject-1',
  path,
  query,
  body,
  headers = {},
}: Call): unknown {
  return {
    version: '2.0',
    headers,
    ...(path && { pathParameters: path }),
    ...(query && { queryStringParameters: query }),
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded: false,
    requestContext: {
      authorizer: {
        jwt: {
          claims: {
            sub: subject,
            token_use: 'access',
            'cognito:groups': `[${[`site-${site}`, ...roles].join(' ')}]`,
          },
        },
      },
    },
  };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** A manifest of one file, and the announcement of it. */
export function manifestOf(content: string) {
  const bytes = Buffer.from(content);
  return { bytes, summary: { sha256: sha256(bytes).toString('hex'), sizeBytes: bytes.length, files: 1, bytes: 4 } };
}

export function partOf(number: number, bytes: Uint8Array) {
  return { number, sizeBytes: bytes.length, sha256: sha256(bytes).toString('base64') };
}

/** Sends what was signed, as a client does. */
export function send({ url, headers }: { url: string; headers: Record<string, string> }, bytes: Uint8Array) {
  return fetch(url, { method: 'PUT', headers, body: Buffer.from(bytes) });
}
