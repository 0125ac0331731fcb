import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blobCount, openLocalS3 } from './localS3.ts';

const MIB = 1024 * 1024;
const large = Buffer.alloc(5 * MIB, 'a');
const small = Buffer.from('the last part');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64');

describe('multipart uploads of the one-machine S3', () => {
  let s3: Awaited<ReturnType<typeof openLocalS3>>;
  beforeAll(async () => {
    s3 = await openLocalS3();
  });
  afterAll(() => s3.close());

  const begin = async (Key: string) => {
    const create = new CreateMultipartUploadCommand({ Bucket: 'staging', Key, ChecksumAlgorithm: 'SHA256' });
    const { UploadId } = await s3.client.send(create);
    return { Bucket: 'staging', Key, UploadId };
  };
  type Target = Awaited<ReturnType<typeof begin>>;
  const sendPart = async (target: Target, PartNumber: number, Body: Uint8Array): Promise<CompletedPart> => {
    const ChecksumSHA256 = sha256(Body);
    const { ETag } = await s3.client.send(new UploadPartCommand({ ...target, PartNumber, Body, ChecksumSHA256 }));
    return { PartNumber, ETag, ChecksumSHA256 };
  };
  const complete = (target: Target, Parts: CompletedPart[], more: Partial<CompleteMultipartUploadCommandInput> = {}) =>
    s3.client.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts }, ...more }));

  test('joins parts into one object with a composite SHA-256 and reports it', async () => {
    const target = await begin('joined');
    const parts = [await sendPart(target, 1, large), await sendPart(target, 2, small)];
    const MpuObjectSize = large.length + small.length;
    const done = await complete(target, parts, { MpuObjectSize, IfNoneMatch: '*' });
    const digests = [large, small].map((bytes) => createHash('sha256').update(bytes).digest());
    const ChecksumSHA256 = `${sha256(Buffer.concat(digests))}-2`;
    expect(done).toMatchObject({ ChecksumSHA256, ChecksumType: 'COMPOSITE' });
    const ask = { Bucket: 'staging', Key: 'joined' };
    const head = await s3.client.send(new HeadObjectCommand({ ...ask, ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({ ChecksumSHA256, ContentLength: MpuObjectSize, VersionId: done.VersionId });
    const get = await s3.client.send(
      new GetObjectCommand({ ...ask, Range: `bytes=${large.length - 2}-${large.length + 2}` }),
    );
    expect(await get.Body?.transformToString()).toBe('aathe');
    const attributes = await s3.client.send(
      new GetObjectAttributesCommand({ ...ask, ObjectAttributes: ['ObjectParts'], MaxParts: 1 }),
    );
    expect(attributes.ObjectParts).toMatchObject({
      TotalPartsCount: 2,
      IsTruncated: true,
      Parts: [{ PartNumber: 1, Size: large.length, ChecksumSHA256: sha256(large) }],
    });
    expect(s3.events.at(-1)).toMatchObject({ bucket: 'staging', key: 'joined', sizeBytes: MpuObjectSize });
  });

  test('drops parts that are replaced, unlisted or aborted', async () => {
    const before = await blobCount(s3.dataDir);
    const target = await begin('dropped');
    await sendPart(target, 1, small);
    const first = await sendPart(target, 1, large);
    await sendPart(target, 2, small);
    await complete(target, [first]);
    expect(await blobCount(s3.dataDir)).toBe(before + 1);
    const other = await begin('aborted');
    await sendPart(other, 1, large);
    await s3.client.send(new AbortMultipartUploadCommand(other));
    expect(await blobCount(s3.dataDir)).toBe(before + 1);
    await expect(sendPart(other, 2, small)).rejects.toMatchObject({ name: 'NoSuchUpload' });
    expect(await blobCount(s3.dataDir)).toBe(before + 1);
  });

  test('lists parts and uploads page by page', async () => {
    const target = await begin('listed/1');
    const second = await begin('listed/2');
    for (const number of [1, 2, 7]) await sendPart(target, number, small);
    const page = await s3.client.send(new ListPartsCommand({ ...target, MaxParts: 2 }));
    expect(page).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2', ChecksumAlgorithm: 'SHA256' });
    expect(page.Parts?.[0]).toMatchObject({ PartNumber: 1, Size: small.length, ChecksumSHA256: sha256(small) });
    const rest = await s3.client.send(new ListPartsCommand({ ...target, PartNumberMarker: page.NextPartNumberMarker }));
    expect(rest.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([7]);
    const list = { Bucket: 'staging', Prefix: 'listed/' };
    const uploads = await s3.client.send(new ListMultipartUploadsCommand({ ...list, MaxUploads: 1 }));
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = uploads;
    const more = await s3.client.send(new ListMultipartUploadsCommand({ ...list, KeyMarker, UploadIdMarker }));
    expect([uploads, more].map(({ Uploads }) => Uploads?.map(({ UploadId }) => UploadId))).toEqual([
      [target.UploadId],
      [second.UploadId],
    ]);
  });

  const [right, otherTag] = [{ PartNumber: 1 }, '"0123"'];
  test.each([
    { alter: (parts: CompletedPart[]) => [{ ...parts[0], ETag: otherTag }], code: 'InvalidPart', why: 'another ETag' },
    {
      alter: (parts: CompletedPart[]) => [{ ...parts[0], ChecksumSHA256: sha256(small) }],
      code: 'InvalidPart',
      why: 'another digest',
    },
    {
      alter: (parts: CompletedPart[]) => [{ ...parts[0], PartNumber: 9 }],
      code: 'InvalidPart',
      why: 'a part that is not there',
    },
    {
      alter: (parts: CompletedPart[]) => [{ ...right, ETag: parts[0]?.ETag }],
      code: 'InvalidRequest',
      why: 'no digest',
    },
    { alter: (parts: CompletedPart[]) => parts.toReversed(), code: 'InvalidPartOrder', why: 'parts out of order' },
    { alter: (parts: CompletedPart[]) => [...parts, ...parts.slice(1)], code: 'InvalidPartOrder', why: 'a part twice' },
    { alter: (parts: CompletedPart[]) => parts.slice(1), code: 'EntityTooSmall', why: 'a small part before the last' },
    { alter: () => [], code: 'MalformedXML', why: 'no part' },
  ])('refuses to complete with $why and keeps the upload', async ({ alter, code }) => {
    const target = await begin('refused');
    const parts = [
      await sendPart(target, 1, large),
      await sendPart(target, 2, small),
      await sendPart(target, 3, small),
    ];
    await expect(complete(target, alter(parts))).rejects.toMatchObject({ name: code });
    await expect(s3.client.send(new HeadObjectCommand({ Bucket: 'staging', Key: 'refused' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
    expect((await s3.client.send(new ListPartsCommand(target))).Parts).toHaveLength(3);
  });

  test.each([
    { more: { MpuObjectSize: 1 }, code: 'InvalidRequest', why: 'another size' },
    { more: { IfNoneMatch: '*' }, code: 'PreconditionFailed', why: 'If-None-Match where an object stands' },
    { more: { ChecksumSHA256: `${sha256(small)}-1` }, code: 'BadDigest', why: 'another composite digest' },
    { more: { UploadId: 'none' }, code: 'NoSuchUpload', why: 'an unknown upload' },
  ])('refuses to complete with $why', async ({ more, code }) => {
    await s3.client.send(new PutObjectCommand({ Bucket: 'staging', Key: 'stands', Body: 'x' }));
    const target = await begin('stands');
    const part = await sendPart(target, 1, small);
    await expect(complete(target, [part], more)).rejects.toMatchObject({ name: code });
    await complete(target, [part]);
    await expect(complete(target, [part])).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test.each([
    { part: {}, code: 'InvalidRequest', why: 'without the digest its upload asks for' },
    { part: { ChecksumCRC32: 'AAAAAA==' }, code: 'InvalidRequest', why: 'with a digest of another kind' },
    { part: { ChecksumSHA256: sha256(large) }, code: 'BadDigest', why: 'with the digest of other bytes' },
    { part: { ChecksumSHA256: sha256(small), PartNumber: 10_001 }, code: 'InvalidArgument', why: 'with number 10,001' },
  ])('refuses a part $why', async ({ part, code }) => {
    const before = await blobCount(s3.dataDir);
    const target = await begin('parts');
    const command = new UploadPartCommand({ ...target, PartNumber: 1, Body: small, ...part });
    await expect(s3.client.send(command)).rejects.toMatchObject({ name: code });
    expect(await blobCount(s3.dataDir)).toBe(before);
  });

  test('refuses a multipart upload with a checksum over the whole object', async () => {
    const create = {
      Bucket: 'staging',
      Key: 'whole',
      ChecksumAlgorithm: 'CRC32',
      ChecksumType: 'FULL_OBJECT',
    } as const;
    await expect(s3.client.send(new CreateMultipartUploadCommand(create))).rejects.toMatchObject({
      name: 'NotImplemented',
    });
  });
});
