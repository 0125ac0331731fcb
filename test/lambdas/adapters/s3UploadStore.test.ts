import { createHash } from 'node:crypto';
import { AbortMultipartUploadCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SignedRequest, StoredPart, UploadStore } from '../../../core/submission/ports.ts';
import { s3UploadStore } from '../../../lambdas/adapters/s3UploadStore.ts';
import { clientOf, openLocalS3 } from '../../infra/local/s3/localS3.ts';

const MIB = 1024 * 1024;
const large = Buffer.alloc(5 * MIB, 'a');
const small = Buffer.from('the last part');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64');
const announce = (number: number, bytes: Uint8Array): StoredPart => ({
  number,
  sizeBytes: bytes.length,
  sha256: sha256(bytes),
});
const both = [announce(1, large), announce(2, small)];

describe('uploads into S3', () => {
  let s3: Awaited<ReturnType<typeof openLocalS3>>;
  let uploads: UploadStore;
  let keys = 0;
  beforeAll(async () => {
    s3 = await openLocalS3();
    uploads = s3UploadStore({ client: s3.client, bucket: 'staging', urlSeconds: 900 });
  });
  afterAll(() => s3.close());

  const begin = async () => {
    keys += 1;
    const key = `sub_1/objects/pack-${keys}`;
    return { key, uploadId: await uploads.beginUpload(key) };
  };
  const send = ({ method, url, headers }: SignedRequest, body: Uint8Array<ArrayBuffer>) =>
    fetch(url, { method, headers, body });
  const sendPart = async (
    upload: { key: string; uploadId: string },
    number: number,
    bytes: Uint8Array<ArrayBuffer>,
  ) => {
    const answer = await send(await uploads.signPart(upload, announce(number, bytes)), bytes);
    expect(answer.status).toBe(200);
  };

  test('signs size and digest of a put, and lists what the client must send', async () => {
    const now = () => new Date('2026-11-24T08:00:00.700Z');
    const signer = s3UploadStore({ client: s3.client, bucket: 'staging', urlSeconds: 900, now });
    const body = { sizeBytes: small.length, sha256: Buffer.from(sha256(small), 'base64').toString('hex') };
    const signed = await signer.signPut('sub_1/manifest.ndjson', body);
    expect(signed).toMatchObject({
      method: 'PUT',
      headers: { 'x-amz-checksum-sha256': sha256(small) },
      expiresAt: '2026-11-24T08:15:00.000Z',
    });
    const query = new URL(signed.url).searchParams;
    expect(query.get('X-Amz-SignedHeaders')).toBe('content-length;host;x-amz-checksum-sha256');
    expect(query.get('X-Amz-Expires')).toBe('900');
    expect([...query.keys()].filter((name) => name.toLowerCase().includes('checksum'))).toEqual([]);
  });

  test('takes a signed put and a signed part as they were announced', async () => {
    const hex = Buffer.from(sha256(small), 'base64').toString('hex');
    const put = await uploads.signPut('sub_1/whole', { sizeBytes: small.length, sha256: hex });
    expect((await send(put, small)).status).toBe(200);
    const get = await s3.client.send(new GetObjectCommand({ Bucket: 'staging', Key: 'sub_1/whole' }));
    expect(await get.Body?.transformToString()).toBe(small.toString());
    const upload = await begin();
    await sendPart(upload, 1, large);
    await sendPart(upload, 2, small);
    expect(await uploads.listParts(upload)).toEqual(both);
  });

  test.each([
    {
      why: 'the bytes differ',
      status: 400,
      code: 'BadDigest',
      alter: (signed: SignedRequest) => signed,
      body: Buffer.from('the LAST part'),
    },
    {
      why: 'the length differs',
      status: 403,
      code: 'SignatureDoesNotMatch',
      alter: (signed: SignedRequest) => signed,
      body: Buffer.from('longer than announced'),
    },
    {
      why: 'the digest in the header is another',
      status: 403,
      code: 'SignatureDoesNotMatch',
      alter: (signed: SignedRequest) => ({ ...signed, headers: { 'x-amz-checksum-sha256': sha256(large) } }),
      body: small,
    },
    {
      why: 'the digest is left out',
      status: 403,
      code: 'SignatureDoesNotMatch',
      alter: (signed: SignedRequest) => ({ ...signed, headers: {} }),
      body: small,
    },
    {
      why: 'it is used for another part',
      status: 403,
      code: 'SignatureDoesNotMatch',
      alter: (signed: SignedRequest) => ({ ...signed, url: signed.url.replace('partNumber=2', 'partNumber=3') }),
      body: small,
    },
  ])('stores nothing from a signed part when $why', async ({ alter, body, status, code }) => {
    const upload = await begin();
    const signed = alter(await uploads.signPart(upload, announce(2, small)));
    const answer = await send(signed, body);
    expect(await answer.text()).toContain(`<Code>${code}</Code>`);
    expect(answer.status).toBe(status);
    expect(await uploads.listParts(upload)).toEqual([]);
  });

  test('stores nothing from a URL that has expired', async () => {
    const now = () => new Date(Date.now() - 901_000);
    const earlier = s3UploadStore({ client: s3.client, bucket: 'staging', urlSeconds: 900, now });
    const upload = await begin();
    const answer = await send(await earlier.signPart(upload, announce(1, small)), small);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('Request has expired');
  });

  test('completes from the stored parts and answers a repetition the same', async () => {
    const upload = await begin();
    await sendPart(upload, 2, small);
    await sendPart(upload, 1, large);
    const object = await uploads.completeUpload(upload, both);
    const digests = both.map((part) => Buffer.from(part.sha256, 'base64'));
    expect(object).toMatchObject({
      sizeBytes: large.length + small.length,
      checksumSha256: `${sha256(Buffer.concat(digests))}-2`,
    });
    expect(await uploads.completeUpload(upload, both)).toEqual(object);
    await expect(uploads.listParts(upload)).rejects.toMatchObject({ name: 'ObjectMissing' });
  });

  test('completes once when two ask at the same time', async () => {
    const upload = await begin();
    await sendPart(upload, 1, small);
    const asked = [1, 2, 3].map(() => uploads.completeUpload(upload, [announce(1, small)]));
    const [first, ...others] = await Promise.all(asked);
    expect(others).toEqual([first, first]);
  });

  test.each([
    { parts: both, code: 'PartMissing', why: 'a part did not arrive' },
    { parts: [{ ...announce(1, large), sha256: sha256(small) }], code: 'PartDigestMismatch', why: 'a digest differs' },
    { parts: [{ ...announce(1, large), sizeBytes: 1 }], code: 'PartDigestMismatch', why: 'a size differs' },
  ])('refuses to complete when $why', async ({ parts, code }) => {
    const upload = await begin();
    await sendPart(upload, 1, large);
    await expect(uploads.completeUpload(upload, parts)).rejects.toMatchObject({ name: code });
    expect(await uploads.listParts(upload)).toHaveLength(1);
  });

  test.each([
    { parts: [announce(1, small), announce(2, large)], why: 'a part before the last is below 5 MiB' },
    { parts: [announce(2, large), announce(1, small)], why: 'the parts are out of order' },
  ])('refuses to complete when $why', async ({ parts }) => {
    const upload = await begin();
    await sendPart(upload, 1, small);
    await sendPart(upload, 2, large);
    await expect(uploads.completeUpload(upload, parts)).rejects.toMatchObject({ name: 'RequestInvalid' });
  });

  test('drops the parts of an upload, as often as it is asked to', async () => {
    const upload = { key: 'sub/objects/aborted', uploadId: await uploads.beginUpload('sub/objects/aborted') };
    await uploads.abortUpload(upload);
    await uploads.abortUpload(upload);
    await expect(uploads.listParts(upload)).rejects.toMatchObject({ name: 'ObjectMissing' });
  });

  test('refuses to complete an upload that is gone', async () => {
    const upload = await begin();
    const abort = { Bucket: 'staging', Key: upload.key, UploadId: upload.uploadId };
    await s3.client.send(new AbortMultipartUploadCommand(abort));
    await expect(uploads.completeUpload(upload, both)).rejects.toMatchObject({ name: 'UploadExpired' });
  });

  test('does not replace an object that another upload made', async () => {
    const upload = await begin();
    await sendPart(upload, 1, small);
    await s3.client.send(new PutObjectCommand({ Bucket: 'staging', Key: upload.key, Body: 'another' }));
    await expect(uploads.completeUpload(upload, [announce(1, small)])).rejects.toMatchObject({
      name: 'PartDigestMismatch',
    });
  });

  test('lists more parts than S3 has on a page', async () => {
    const upload = await begin();
    const numbers = Array.from({ length: 1003 }, (_, index) => index + 1);
    for (let start = 0; start < numbers.length; start += 50) {
      await Promise.all(numbers.slice(start, start + 50).map((number) => sendPart(upload, number, small)));
    }
    expect((await uploads.listParts(upload)).map(({ number }) => number)).toEqual(numbers);
  });

  test('says that storage is unavailable when it is', async () => {
    const client = clientOf('http://127.0.0.1:9');
    const nowhere = s3UploadStore({ client, bucket: 'staging', urlSeconds: 900 });
    await expect(nowhere.beginUpload('k')).rejects.toMatchObject({ name: 'StorageUnavailable' });
    const upload = { key: 'k', uploadId: 'u' };
    await expect(nowhere.completeUpload(upload, both)).rejects.toMatchObject({ name: 'StorageUnavailable' });
    client.destroy();
  });
});
