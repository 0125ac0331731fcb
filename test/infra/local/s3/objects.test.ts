import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLocalS3 } from './localS3.ts';

describe('objects of the one-machine S3', () => {
  let s3: Awaited<ReturnType<typeof openLocalS3>>;
  beforeAll(async () => {
    s3 = await openLocalS3();
  });
  afterAll(() => s3.close());
  const put = (Key: string, Body: string, input: Partial<PutObjectCommandInput> = {}) =>
    s3.client.send(new PutObjectCommand({ Bucket: 'staging', Key, Body, ...input }));
  const get = (Key: string, input: Partial<PutObjectCommandInput> & { Range?: string; VersionId?: string } = {}) =>
    s3.client.send(new GetObjectCommand({ Bucket: 'staging', Key, ...input }));
  const read = async (...question: Parameters<typeof get>) => (await get(...question)).Body?.transformToString();

  test('keeps content type and metadata', async () => {
    await put('described', 'x', { ContentType: 'application/json', Metadata: { attempt: '2' } });
    expect(await get('described')).toMatchObject({ ContentType: 'application/json', Metadata: { attempt: '2' } });
  });

  test.each([
    { Range: 'bytes=2-4', expected: '234', ContentRange: 'bytes 2-4/10', why: 'from and to' },
    { Range: 'bytes=7-', expected: '789', ContentRange: 'bytes 7-9/10', why: 'from' },
    { Range: 'bytes=-2', expected: '89', ContentRange: 'bytes 8-9/10', why: 'the last' },
    { Range: 'bytes=5-500', expected: '56789', ContentRange: 'bytes 5-9/10', why: 'beyond the end' },
    { Range: 'lines=1-2', expected: '0123456789', ContentRange: undefined, why: 'another unit is disregarded' },
  ])('answers a range: $why', async ({ Range, expected, ContentRange }) => {
    await put('ranged', '0123456789');
    const answer = await get('ranged', { Range });
    expect(answer.ContentRange).toBe(ContentRange);
    expect(await answer.Body?.transformToString()).toBe(expected);
  });

  test.each(['bytes=10-', 'bytes=-0'])('refuses the range %s that holds no byte', async (Range) => {
    await put('ranged', '0123456789');
    await expect(get('ranged', { Range })).rejects.toMatchObject({
      name: 'InvalidRange',
      $metadata: { httpStatusCode: 416 },
    });
  });

  test('answers conditions of a read', async () => {
    const { ETag = '' } = await put('conditional', 'x');
    await expect(get('conditional', { IfNoneMatch: ETag })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    await expect(get('conditional', { IfMatch: '"other"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(await read('conditional', { IfMatch: ETag, IfNoneMatch: '"other"' })).toBe('x');
  });

  test('answers conditions of a write', async () => {
    const { ETag = '' } = await put('guarded', 'first', { IfNoneMatch: '*' });
    await expect(put('guarded', 'second', { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(put('guarded', 'second', { IfMatch: '"other"' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    await expect(put('guarded-not', 'x', { IfMatch: ETag })).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(await read('guarded')).toBe('first');
    await put('guarded', 'third', { IfMatch: ETag });
    expect(await read('guarded')).toBe('third');
  });

  test('keeps versions, hides a deleted key behind a marker and brings it back', async () => {
    const first = await put('versioned', 'first');
    const second = await put('versioned', 'second');
    expect(await read('versioned', { VersionId: first.VersionId ?? '' })).toBe('first');
    const marker = await s3.client.send(new DeleteObjectCommand({ Bucket: 'staging', Key: 'versioned' }));
    expect(marker.DeleteMarker).toBe(true);
    await expect(get('versioned')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(get('versioned', { VersionId: marker.VersionId ?? '' })).rejects.toMatchObject({
      name: 'MethodNotAllowed',
    });
    const listed = await s3.client.send(new ListObjectVersionsCommand({ Bucket: 'staging', Prefix: 'versioned' }));
    expect(listed.Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [second.VersionId, false],
      [first.VersionId, false],
    ]);
    expect(listed.DeleteMarkers).toMatchObject([{ VersionId: marker.VersionId, IsLatest: true }]);
    const remove = { Bucket: 'staging', Key: 'versioned', VersionId: marker.VersionId };
    await s3.client.send(new DeleteObjectCommand(remove));
    expect(await read('versioned')).toBe('second');
    await put('versioned', 'after a marker', { IfMatch: second.ETag });
    await expect(get('versioned', { VersionId: 'none' })).rejects.toMatchObject({ name: 'NoSuchVersion' });
  });

  test('lists versions and keys page by page', async () => {
    for (const key of ['p/1', 'p/1', 'p/2', 'p/2', 'p/3']) await put(key, 'x');
    const versions: unknown[] = [];
    let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (let more = true; more; ) {
      const list = new ListObjectVersionsCommand({ Bucket: 'staging', Prefix: 'p/', MaxKeys: 2, ...marker });
      const page = await s3.client.send(list);
      versions.push(...(page.Versions ?? []).map(({ Key, IsLatest }) => `${Key} ${IsLatest}`));
      marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
      more = page.IsTruncated === true;
    }
    expect(versions).toEqual(['p/1 true', 'p/1 false', 'p/2 true', 'p/2 false', 'p/3 true']);
    const first = await s3.client.send(new ListObjectsV2Command({ Bucket: 'staging', Prefix: 'p/', MaxKeys: 2 }));
    const rest = await s3.client.send(
      new ListObjectsV2Command({ Bucket: 'staging', Prefix: 'p/', ContinuationToken: first.NextContinuationToken }),
    );
    expect([first, rest].map((page) => page.Contents?.map(({ Key }) => Key))).toEqual([['p/1', 'p/2'], ['p/3']]);
  });

  test('deletes many at once and lets what is absent pass', async () => {
    const { VersionId } = await put('many & <odd>', 'x');
    const Objects = [
      { Key: 'many & <odd>', VersionId },
      { Key: 'never', VersionId: 'none' },
    ];
    const answer = await s3.client.send(new DeleteObjectsCommand({ Bucket: 'staging', Delete: { Objects } }));
    expect(answer.Deleted).toMatchObject(Objects);
    expect(answer.Errors).toBeUndefined();
    await expect(get('many & <odd>')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test.each([
    { Objects: [], why: 'no object' },
    { Objects: Array.from({ length: 1001 }, (_, index) => ({ Key: `${index}` })), why: 'more than 1000 objects' },
    { Objects: [{ Key: 'spared' }, { Key: '' }], why: 'an object without a key' },
  ])('deletes nothing when asked with $why', async ({ Objects }) => {
    await put('spared', 'x');
    const command = new DeleteObjectsCommand({ Bucket: 'staging', Delete: { Objects } });
    await expect(s3.client.send(command)).rejects.toMatchObject({ name: 'MalformedXML' });
    expect(await read('spared')).toBe('x');
  });

  test('lets nobody delete a locked version before its retention ends', async () => {
    const Body = 'receipt';
    const locked = { Bucket: 'audit', Key: 'receipt', Body };
    await expect(s3.client.send(new PutObjectCommand(locked))).rejects.toMatchObject({ name: 'InvalidRequest' });
    const put = new PutObjectCommand({ ...locked, ChecksumAlgorithm: 'CRC32' });
    const { VersionId } = await s3.client.send(put);
    const head = await s3.client.send(new HeadObjectCommand({ Bucket: 'audit', Key: 'receipt' }));
    expect(head.ObjectLockMode).toBe('COMPLIANCE');
    expect((head.ObjectLockRetainUntilDate?.getTime() ?? 0) - Date.now()).toBeGreaterThan(29.9 * 24 * 3600_000);
    const remove = new DeleteObjectCommand({ Bucket: 'audit', Key: 'receipt', VersionId });
    await expect(s3.client.send(remove)).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
    const Delete = { Objects: [{ Key: 'receipt', VersionId }] };
    const many = await s3.client.send(new DeleteObjectsCommand({ Bucket: 'audit', Delete }));
    expect(many.Errors).toMatchObject([{ Code: 'AccessDenied' }]);
  });

  test('lets a version go once its retention has ended', async () => {
    const target = { Bucket: 'briefly-locked', Key: 'receipt' };
    const { VersionId } = await s3.client.send(
      new PutObjectCommand({ ...target, Body: 'x', ChecksumAlgorithm: 'CRC32' }),
    );
    const remove = new DeleteObjectCommand({ ...target, VersionId });
    await expect(s3.client.send(remove)).rejects.toMatchObject({ name: 'AccessDenied' });
    await sleep(1100);
    await s3.client.send(remove);
    await expect(s3.client.send(new HeadObjectCommand(target))).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('describes an object by its attributes', async () => {
    await put('attributes', 'x', { ChecksumAlgorithm: 'SHA256' });
    const ObjectAttributes = ['ETag', 'Checksum', 'ObjectSize', 'StorageClass'] as const;
    const ask = { Bucket: 'staging', Key: 'attributes', ObjectAttributes: [...ObjectAttributes] };
    expect(await s3.client.send(new GetObjectAttributesCommand(ask))).toMatchObject({
      ObjectSize: 1,
      StorageClass: 'STANDARD',
      Checksum: { ChecksumSHA256: 'LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=', ChecksumType: 'FULL_OBJECT' },
    });
  });

  test('reports each new object of a notifying bucket, in order, and counts requests', async () => {
    const before = s3.events.length;
    const { VersionId: versionId, ETag } = await put('reported', 'first');
    await put('reported', 'second one');
    await s3.client.send(new PutObjectCommand({ Bucket: 'web', Key: 'silent', Body: 'x' }));
    const [first, second, ...others] = s3.events.slice(before);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ bucket: 'staging', key: 'reported', sizeBytes: 5, versionId });
    expect(`"${first?.etag}"`).toBe(ETag);
    expect((first?.sequencer ?? '') < (second?.sequencer ?? '')).toBe(true);
    expect((await s3.server.counts()).PutObject).toBeGreaterThan(10);
  });

  test('answers a refused request whose client did not wait for the end of the answer before it', async () => {
    const { hostname, port } = new URL(s3.server.url);
    const socket = connect(Number(port), hostname);
    const unsigned = `GET /staging/none HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`;
    socket.write(unsigned.repeat(3));
    let answers = '';
    for await (const chunk of socket.setEncoding('utf8')) {
      answers += chunk;
      if (answers.split('</Error>').length === 4) break;
    }
    expect(answers.match(/HTTP\/1\.1 403 /g)).toHaveLength(3);
  });

  test('refuses subresources that it does not know and keeps the object', async () => {
    await put('kept', 'as it was');
    const target = { Bucket: 'staging', Key: 'kept' };
    const refusal = { name: 'NotImplemented' };
    const tag = new PutObjectTaggingCommand({ ...target, Tagging: { TagSet: [] } });
    await expect(s3.client.send(tag)).rejects.toMatchObject(refusal);
    const grant = new PutObjectAclCommand({ ...target, ACL: 'private' });
    await expect(s3.client.send(grant)).rejects.toMatchObject(refusal);
    expect(await read('kept')).toBe('as it was');
  });

  test.each([
    { input: { Tagging: 'a=b' }, why: 'tags' },
    { input: { IfNoneMatch: '"etag"' }, why: 'If-None-Match with an ETag' },
    { input: { ObjectLockLegalHoldStatus: 'ON' }, why: 'a legal hold' },
  ] as const)('refuses a put that asks for $why', async ({ input }) => {
    await expect(put('asked', 'x', input)).rejects.toMatchObject({ name: 'NotImplemented' });
  });

  test('accepts encryption headers', async () => {
    await put('encrypted', 'x', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'key', BucketKeyEnabled: true });
    expect(await read('encrypted')).toBe('x');
  });
});
