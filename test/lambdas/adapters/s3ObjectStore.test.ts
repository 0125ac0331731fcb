import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { HeadObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { limits } from '../../../core/policy/limits.ts';
import { DomainError } from '../../../core/submission/codes/DomainError.ts';
import type { Bytes, ObjectStore } from '../../../core/submission/ports.ts';
import { s3Client } from '../../../lambdas/adapters/s3Client.ts';
import { s3ObjectStore } from '../../../lambdas/adapters/s3ObjectStore.ts';
import { clientOf, credentials, openLocalS3, region } from '../../infra/local/s3/localS3.ts';

const MIB = 1024 * 1024;

describe('the object store over S3', () => {
  let s3: Awaited<ReturnType<typeof openLocalS3>>;
  let store: ObjectStore;
  beforeAll(async () => {
    s3 = await openLocalS3();
    store = s3ObjectStore({ client: s3.client, bucket: 'staging' });
  });
  afterAll(() => s3.close());

  test('stores small documents with the SHA-256 that S3 has verified, and no other checksum', async () => {
    await store.write('checked', Buffer.from('x'));
    const ask = { Bucket: 'staging', Key: 'checked', ChecksumMode: 'ENABLED' } as const;
    const head = await s3.client.send(new HeadObjectCommand(ask));
    expect(head.ChecksumSHA256).toBe(createHash('sha256').update('x').digest('base64'));
    expect(head.ChecksumCRC32).toBeUndefined();
  });

  test('aborts the upload and passes the refusal on when a streamed body fails', async () => {
    async function* body(): Bytes {
      for (let part = 0; part < 3; part += 1) yield Buffer.alloc(limits.streamPartBytes);
      throw new DomainError('DicomTruncated', 'Read a file: it ends early');
    }
    await expect(store.writeStream('aborted', body())).rejects.toMatchObject({ name: 'DicomTruncated' });
    const { Uploads } = await s3.client.send(new ListMultipartUploadsCommand({ Bucket: 'staging' }));
    expect(Uploads).toBeUndefined();
  });

  test('lets go of a streamed body when S3 fails', async () => {
    const client = clientOf('http://127.0.0.1:9');
    let closed = false;
    async function* body(): Bytes {
      try {
        for (;;) yield Buffer.alloc(MIB);
      } finally {
        closed = true;
      }
    }
    await expect(s3ObjectStore({ client, bucket: 'staging' }).writeStream('k', body())).rejects.toMatchObject({
      name: 'StorageUnavailable',
    });
    expect(closed).toBe(true);
    client.destroy();
  });

  test('holds no more than three parts of a streamed body', async () => {
    const sizeBytes = 160 * MIB;
    const chunk = randomBytes(MIB);
    let yielded = 0;
    let peakBytes = 0;
    async function* body(): Bytes {
      for (; yielded < sizeBytes; yielded += chunk.length) {
        yield chunk;
        peakBytes = Math.max(peakBytes, yielded - (await sentBytes()));
      }
    }
    const sentBytes = async () => limits.streamPartBytes * ((await s3.server.counts()).UploadPart ?? 0) - partsBefore;
    const partsBefore = limits.streamPartBytes * ((await s3.server.counts()).UploadPart ?? 0);
    expect((await store.writeStream('bounded', body())).sizeBytes).toBe(sizeBytes);
    // a part is counted when its request arrives, so at most two are on their way and one fills up
    expect(peakBytes).toBeLessThanOrEqual(3 * limits.streamPartBytes);
  });

  test('reports versions that Object Lock keeps from being removed', async () => {
    const audit = s3ObjectStore({ client: s3.client, bucket: 'audit' });
    expect(await audit.write('receipts/sub_1.json', Buffer.from('{}'), { ifAbsent: true })).toBe(true);
    await expect(audit.removeAll('receipts/')).rejects.toMatchObject({ name: 'StorageUnavailable' });
    expect(await audit.head('receipts/sub_1.json')).toMatchObject({ sizeBytes: 2 });
  });

  test.each([
    { attempt: (bucket: ObjectStore) => bucket.head('k'), what: 'a look-up' },
    { attempt: (bucket: ObjectStore) => Array.fromAsync(bucket.read('k')), what: 'a read' },
    { attempt: (bucket: ObjectStore) => bucket.write('k', Buffer.from('x')), what: 'a write' },
    {
      attempt: (bucket: ObjectStore) => bucket.write('k', Buffer.from('x'), { ifAbsent: true }),
      what: 'a guarded write',
    },
    { attempt: (bucket: ObjectStore) => Array.fromAsync(bucket.list('')), what: 'a list' },
    { attempt: (bucket: ObjectStore) => bucket.removeAll(''), what: 'a removal' },
  ])('says that storage is unavailable when $what meets no server', async ({ attempt }) => {
    const nowhere = clientOf('http://127.0.0.1:9');
    await expect(attempt(s3ObjectStore({ client: nowhere, bucket: 'staging' }))).rejects.toMatchObject({
      name: 'StorageUnavailable',
    });
    nowhere.destroy();
  });

  test('finds its endpoint and credentials in the environment, and addresses the bucket by path', async () => {
    const environment = {
      AWS_ENDPOINT_URL_S3: s3.server.url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const client = s3Client();
    expect(await s3ObjectStore({ client, bucket: 'staging' }).write('by-path', Buffer.from('x'))).toBe(true);
    client.destroy();
    vi.unstubAllEnvs();
    expect(await store.head('by-path')).toMatchObject({ sizeBytes: 1 });
  });

  test('tells a read that was cut from one that ended', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('the first bytes');
      setTimeout(() => response.destroy(), 50);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const client = clientOf(`http://127.0.0.1:${port}`);
    const cut = s3ObjectStore({ client, bucket: 'staging' });
    await expect(Array.fromAsync(cut.read('k'))).rejects.toMatchObject({ name: 'StorageUnavailable' });
    client.destroy();
    server.close();
  });
});
