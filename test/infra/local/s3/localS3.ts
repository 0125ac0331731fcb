import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectCreated, S3Options } from '../../../../infra/local/s3/s3Options.ts';
import { startS3 } from '../../../../infra/local/s3/startS3.ts';
import { s3Client } from '../../../../lambdas/adapters/s3Client.ts';

export const region = 'eu-central-1';
export const credentials = { accessKeyId: 'AKIALOCALTEST', secretAccessKey: 'a local secret' };
export const origin = 'https://portal.example.org';

/** A notifying bucket, two locked ones (30 days, one second) and one that browsers may use. */
export const buckets: S3Options['buckets'] = [
  { name: 'staging', notify: true },
  { name: 'audit', notify: false, objectLockDays: 30 },
  { name: 'briefly-locked', notify: false, objectLockDays: 1 / (24 * 3600) },
  {
    name: 'web',
    notify: false,
    corsRules: [
      {
        allowedOrigins: [origin],
        allowedMethods: ['PUT', 'GET'],
        allowedHeaders: ['x-amz-checksum-*', 'content-type'],
        exposeHeaders: ['ETag', 'x-amz-checksum-sha256'],
        maxAgeSeconds: 300,
      },
    ],
  },
];

export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'airlock-s3-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export const clientOf = (url: string, keys = credentials) => s3Client({ region, credentials: keys, endpoint: url });

/** The server in this process on a folder of its own, a client for it, and the events it told. */
export async function openLocalS3(options: { nowMs?: () => number } = {}) {
  const folder = await temporaryFolder();
  const events: ObjectCreated[] = [];
  const onObjectCreated = (event: ObjectCreated) => events.push(event);
  const start = { dataDir: folder.path, port: 0, region, credentials: [credentials], buckets, onObjectCreated };
  const server = await startS3({ ...start, ...options });
  const client = clientOf(server.url);
  return {
    server,
    client,
    events,
    dataDir: folder.path,
    async close() {
      client.destroy();
      await server.stop();
      await folder.remove();
    },
  };
}

/** How many blobs lie in the server's folder. */
export async function blobCount(dataDir: string): Promise<number> {
  const entries = await readdir(join(dataDir, 'blobs'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}
