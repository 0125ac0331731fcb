import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compositeChecksum, startDigest } from '../../../../infra/local/s3/checksums.ts';
import { credentials, openLocalS3, region } from './localS3.ts';

const body = 'The quick brown fox jumps over the lazy dog';
const md5 = createHash('md5').update(body).digest('base64');

describe('the one-machine S3 compares what it receives with every digest it is given', () => {
  let s3: Awaited<ReturnType<typeof openLocalS3>>;
  /** An SDK client as it comes: it adds a CRC-32 to each put, as a trailer where the body is a stream. */
  let plain: S3Client;
  beforeAll(async () => {
    s3 = await openLocalS3();
    plain = new S3Client({ region, credentials, endpoint: s3.server.url });
  });
  afterAll(async () => {
    plain.destroy();
    await s3.close();
  });
  const put = (input: Partial<PutObjectCommandInput>, client = s3.client) =>
    client.send(new PutObjectCommand({ Bucket: 'staging', Key: 'checked', Body: body, ...input }));

  test.each([
    { algorithm: 'CRC32', expected: 'cbf43926' },
    { algorithm: 'CRC32C', expected: 'e3069283' },
    { algorithm: 'CRC64NVME', expected: 'ae8b14860a799888' },
  ] as const)('computes the check value of $algorithm', ({ algorithm, expected }) => {
    const digest = startDigest(algorithm);
    digest.update(Buffer.from('12345'));
    digest.update(Buffer.from('6789'));
    expect(digest.digest().toString('hex')).toBe(expected);
  });

  test('names a composite by the number of its parts', () => {
    const parts = ['a', 'b'].map((text) => createHash('sha256').update(text).digest('base64'));
    const whole = createHash('sha256').update(Buffer.concat(parts.map((part) => Buffer.from(part, 'base64'))));
    expect(compositeChecksum('SHA256', parts)).toBe(`${whole.digest('base64')}-2`);
  });

  test.each([
    { field: 'ChecksumCRC32', right: 'QU+jOQ==' },
    { field: 'ChecksumCRC32C', right: 'ImIEBA==' },
    { field: 'ChecksumCRC64NVME', right: digestOf('CRC64NVME') },
    { field: 'ChecksumSHA1', right: 'L9ThxnotKPzthJ7hu3bnORuT6xI=' },
    { field: 'ChecksumSHA256', right: '16j7swfXgJRpypq8sAguT41WUeRtPNt2LQLQvzfJ5ZI=' },
  ] as const)('keeps and gives back a right $field, and refuses a wrong one', async ({ field, right }) => {
    expect((await put({ [field]: right }))[field]).toBe(right);
    const head = await s3.client.send(
      new HeadObjectCommand({ Bucket: 'staging', Key: 'checked', ChecksumMode: 'ENABLED' }),
    );
    expect(head).toMatchObject({ [field]: right, ChecksumType: 'FULL_OBJECT' });
    const wrong = Buffer.from(right, 'base64').fill(0).toString('base64');
    await expect(put({ [field]: wrong })).rejects.toMatchObject({ name: 'BadDigest' });
  });

  test('accepts a right Content-MD5 and refuses a wrong one', async () => {
    await put({ ContentMD5: md5 });
    await expect(put({ ContentMD5: md5, Body: 'other' })).rejects.toMatchObject({ name: 'BadDigest' });
  });

  test('refuses two checksums at once', async () => {
    const two = { ChecksumCRC32: 'QU+jOQ==', ChecksumSHA1: 'L9ThxnotKPzthJ7hu3bnORuT6xI=' };
    await expect(put(two)).rejects.toMatchObject({ name: 'InvalidRequest' });
  });

  test('leaves the object as it was when a body is refused', async () => {
    await put({ Body: 'stays' });
    await expect(put({ ContentMD5: md5, Body: 'other' })).rejects.toMatchObject({ name: 'BadDigest' });
    const get = await s3.client.send(new GetObjectCommand({ Bucket: 'staging', Key: 'checked' }));
    expect(await get.Body?.transformToString()).toBe('stays');
  });

  test.each([
    { why: 'a CRC-32 in a header', Body: body },
    {
      why: 'a CRC-32 in a trailer',
      Body: Readable.from([body.slice(0, 9), body.slice(9)]),
      ContentLength: body.length,
    },
  ])('takes the default put of the SDK with $why', async (input) => {
    const { Body, ContentLength } = { ContentLength: undefined, ...input };
    await plain.send(new PutObjectCommand({ Bucket: 'staging', Key: 'plain', Body, ContentLength }));
    const get = await plain.send(new GetObjectCommand({ Bucket: 'staging', Key: 'plain', ChecksumMode: 'ENABLED' }));
    expect(await get.Body?.transformToString()).toBe(body);
    expect(get.ChecksumCRC32).toBe('QU+jOQ==');
  });

  test('lets a client with a large refused body read the refusal', async () => {
    const large = Buffer.alloc(20 * 1024 * 1024);
    await expect(put({ Body: large, ContentMD5: md5 })).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(put({ Body: large, Bucket: 'nowhere' })).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });
});

function digestOf(algorithm: 'CRC64NVME'): string {
  const digest = startDigest(algorithm);
  digest.update(Buffer.from(body));
  return digest.digest().toString('base64');
}
