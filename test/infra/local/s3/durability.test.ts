import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { forkS3 } from '../../../../infra/local/s3/forkS3.ts';
import type { ObjectCreated } from '../../../../infra/local/s3/s3Options.ts';
import { s3UploadStore } from '../../../../lambdas/adapters/s3UploadStore.ts';
import { blobCount, buckets, clientOf, credentials, region, temporaryFolder } from './localS3.ts';

const MIB = 1024 * 1024;

describe('the one-machine S3 in its own process', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let s3: Awaited<ReturnType<typeof forkS3>>;
  let events: ObjectCreated[];
  const start = async () => {
    events = [];
    const onObjectCreated = (event: ObjectCreated) => events.push(event);
    s3 = await forkS3({ dataDir: folder.path, port: 0, region, credentials: [credentials], buckets, onObjectCreated });
    return clientOf(s3.url);
  };
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    await s3.stop();
    await folder.remove();
  });
  const target = { Bucket: 'staging', Key: 'object' };

  test('reports objects and counts across the process border', async () => {
    const client = await start();
    await client.send(new PutObjectCommand({ ...target, Body: 'x' }));
    expect(await s3.counts()).toEqual({ PutObject: 1 });
    expect(events).toMatchObject([{ bucket: 'staging', key: 'object', sizeBytes: 1 }]);
    client.destroy();
  });

  test('keeps objects, uploads and locks over a restart and sweeps what no row names', async () => {
    const before = await start();
    const { VersionId } = await before.send(new PutObjectCommand({ ...target, Body: 'kept' }));
    const uploads = s3UploadStore({ client: before, bucket: 'staging', urlSeconds: 60 });
    const upload = { key: 'resumed', uploadId: await uploads.beginUpload('resumed') };
    const part = { number: 1, sizeBytes: 4, sha256: createHash('sha256').update('part').digest('base64') };
    const { url, headers } = await uploads.signPart(upload, part);
    expect((await fetch(url, { method: 'PUT', headers, body: 'part' })).status).toBe(200);
    before.destroy();
    await s3.stop();
    await writeFile(join(folder.path, 'blobs', 'aa', 'aa'.repeat(16)), 'orphan');
    const after = await start();
    expect(await blobCount(folder.path)).toBe(2);
    const get = await after.send(new GetObjectCommand({ ...target, VersionId }));
    expect(await get.Body?.transformToString()).toBe('kept');
    const resumed = s3UploadStore({ client: after, bucket: 'staging', urlSeconds: 60 });
    expect(await resumed.listParts(upload)).toEqual([part]);
    expect((await resumed.completeUpload(upload, [part])).sizeBytes).toBe(4);
    after.destroy();
  });

  test('shows no half object after it is killed in the middle of a PUT', async () => {
    const client = await start();
    const earlier = randomBytes(3 * MIB);
    await client.send(new PutObjectCommand({ ...target, Body: earlier }));
    const put = new PutObjectCommand({ ...target, ContentLength: 64 * MIB });
    const url = await getSignedUrl(client, put, { expiresIn: 60 });
    const sending = request(url, { method: 'PUT', headers: { 'content-length': 64 * MIB } });
    sending.on('error', () => undefined);
    sending.write(randomBytes(32 * MIB));
    await untilBlobs(folder.path, 2);
    process.kill(s3.pid ?? 0, 'SIGKILL');
    await s3.exited;
    client.destroy();
    const again = await start();
    expect(await blobCount(folder.path)).toBe(1);
    const get = await again.send(new GetObjectCommand(target));
    expect(Buffer.from((await get.Body?.transformToByteArray()) ?? []).equals(earlier)).toBe(true);
    again.destroy();
  });

  test('keeps every PUT that it acknowledged before it was killed', async () => {
    const client = await start();
    const acknowledged: string[] = [];
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let index = 0; ; index += 1) {
        const Key = `killed/${writer}-${index}`;
        await client.send(new PutObjectCommand({ Bucket: 'staging', Key, Body: Key }));
        acknowledged.push(Key);
      }
    });
    const ended = Promise.allSettled(writers);
    while (acknowledged.length < 40) await sleep(5);
    process.kill(s3.pid ?? 0, 'SIGKILL');
    client.destroy();
    await ended;
    const again = await start();
    for (const Key of acknowledged) {
      const get = await again.send(new GetObjectCommand({ Bucket: 'staging', Key }));
      expect(await get.Body?.transformToString()).toBe(Key);
    }
    again.destroy();
  });

  test('survives clients that hang up in the middle of a part, and leaves nothing of them', async () => {
    const client = await start();
    const uploads = s3UploadStore({ client, bucket: 'staging', urlSeconds: 60 });
    const upload = { key: 'cut', uploadId: await uploads.beginUpload('cut') };
    const part = { number: 1, sizeBytes: 16 * MIB, sha256: createHash('sha256').digest('base64') };
    for (let round = 0; round < 3; round += 1) {
      const { url, headers } = await uploads.signPart(upload, part);
      const sending = request(url, { method: 'PUT', headers: { ...headers, 'content-length': part.sizeBytes } });
      sending.on('error', () => undefined);
      sending.write(randomBytes(4 * MIB));
      await untilBlobs(folder.path, 1);
      sending.destroy();
      await untilBlobs(folder.path, 0);
    }
    expect(await uploads.listParts(upload)).toEqual([]);
    await client.send(new PutObjectCommand({ ...target, Body: 'alive' }));
    expect((await client.send(new HeadObjectCommand(target))).ContentLength).toBe(5);
    client.destroy();
  });

  test('survives readers that hang up', async () => {
    const client = await start();
    await client.send(new PutObjectCommand({ ...target, Body: randomBytes(20 * MIB) }));
    const url = await getSignedUrl(client, new GetObjectCommand(target), { expiresIn: 60 });
    for (let round = 0; round < 3; round += 1) {
      const stop = new AbortController();
      const answer = await fetch(url, { signal: stop.signal });
      stop.abort();
      await expect(answer.arrayBuffer()).rejects.toThrow();
    }
    expect((await client.send(new HeadObjectCommand(target))).ContentLength).toBe(20 * MIB);
    client.destroy();
  });

  test('cuts the answer when a stored file is shorter than it was written', async () => {
    const client = await start();
    const { ETag = '' } = await client.send(new PutObjectCommand({ ...target, Body: 'whole content' }));
    const blob = ETag.replaceAll('"', '');
    await writeFile(join(folder.path, 'blobs', blob.slice(0, 2), blob), 'whole');
    const url = await getSignedUrl(client, new GetObjectCommand(target), { expiresIn: 60 });
    await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow();
    client.destroy();
  });

  test('ends when its parent is killed', async () => {
    await start();
    const options = { dataDir: join(folder.path, 'child'), port: 0, region, credentials: [credentials], buckets };
    const module = new URL('../../../../infra/local/s3/forkS3.ts', import.meta.url);
    const script = `
      const { forkS3 } = await import('${module}');
      const { url } = await forkS3({ ...${JSON.stringify(options)}, onObjectCreated: () => undefined });
      console.log(url);
    `;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = await once(parent.stdout, 'data');
    const ask = () => fetch(`${url}`.trim()).then((answer) => answer.status);
    expect(await ask()).toBe(403);
    parent.kill('SIGKILL');
    await expect.poll(() => ask().catch(() => 'gone'), { timeout: 10_000 }).toBe('gone');
  });

  test('says so when it cannot start', async () => {
    await start();
    const port = Number(new URL(s3.url).port);
    const second = { port, region, credentials: [], buckets, onObjectCreated: () => undefined };
    const other = await temporaryFolder();
    await expect(forkS3({ ...second, dataDir: other.path })).rejects.toThrow('EADDRINUSE');
    await expect(forkS3({ ...second, dataDir: folder.path, port: 0 })).rejects.toThrow('database is locked');
    await other.remove();
  });
});

async function untilBlobs(dataDir: string, count: number): Promise<void> {
  while ((await blobCount(dataDir)) !== count) await sleep(10);
}
