import { GetObjectCommand, HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientOf, credentials, openLocalS3 } from './localS3.ts';

describe('the one-machine S3 answers signed requests alone', () => {
  let s3: Awaited<ReturnType<typeof openLocalS3>>;
  beforeAll(async () => {
    s3 = await openLocalS3();
    await s3.client.send(new PutObjectCommand({ Bucket: 'staging', Key: 'there', Body: 'content' }));
  });
  afterAll(() => s3.close());

  const presignedPut = (options: { signingDate?: Date; expiresIn?: number } = {}) =>
    getSignedUrl(s3.client, new PutObjectCommand({ Bucket: 'staging', Key: 'a key/with +&=é', ContentLength: 5 }), {
      expiresIn: 60,
      ...options,
    });
  const minutes = (count: number) => new Date(Date.now() + count * 60_000);

  test('accepts a presigned PUT as it was signed, whatever letters its key has', async () => {
    expect((await fetch(await presignedPut(), { method: 'PUT', body: 'hello' })).status).toBe(200);
    const get = await s3.client.send(new GetObjectCommand({ Bucket: 'staging', Key: 'a key/with +&=é' }));
    expect(await get.Body?.transformToString()).toBe('hello');
  });

  test.each([
    { why: 'its signature is altered', alter: (url: string) => url.replace(/Signature=..../, 'Signature=0000') },
    { why: 'its key is altered', alter: (url: string) => url.replace('/with', '/witH') },
    { why: 'its expiry is prolonged', alter: (url: string) => url.replace('Expires=60', 'Expires=600') },
    { why: 'its bucket is altered', alter: (url: string) => url.replace('/staging/', '/web/') },
    { why: 'a parameter is added', alter: (url: string) => `${url}&versionId=1` },
  ])('refuses a presigned URL when $why', async ({ alter }) => {
    await expectRefusal(
      await fetch(alter(await presignedPut()), { method: 'PUT', body: 'hello' }),
      'SignatureDoesNotMatch',
    );
  });

  test.each([
    { method: 'DELETE', body: 'hello', headers: undefined, code: 'SignatureDoesNotMatch', why: 'another method' },
    { method: 'PUT', body: 'longer', headers: undefined, code: 'SignatureDoesNotMatch', why: 'another length' },
    {
      method: 'PUT',
      body: 'hello',
      headers: { 'x-amz-meta-added': 'yes' },
      code: 'AccessDenied',
      why: 'an x-amz header that is not signed',
    },
  ])('refuses a presigned URL used with $why', async ({ method, body, headers, code }) => {
    await expectRefusal(
      await fetch(await presignedPut(), { method, body, ...(headers === undefined ? {} : { headers }) }),
      code,
    );
  });

  test.each([
    { signingDate: minutes(-2), why: 'that has expired' },
    { signingDate: minutes(20), why: 'that is not valid yet' },
  ])('refuses a presigned URL $why', async ({ signingDate }) => {
    const answer = await fetch(await presignedPut({ signingDate }), { method: 'PUT', body: 'hello' });
    await expectRefusal(answer, 'AccessDenied');
  });

  test.each([
    { method: 'GET', why: 'reads' },
    { method: 'PUT', why: 'writes' },
    { method: 'DELETE', why: 'deletes' },
  ])('refuses a stranger who $why', async ({ method }) => {
    await expectRefusal(await fetch(`${s3.server.url}/staging/there`, { method }), 'AccessDenied');
  });

  test.each([
    { keys: { ...credentials, secretAccessKey: 'guessed' }, code: 'SignatureDoesNotMatch', why: 'a wrong secret' },
    { keys: { ...credentials, accessKeyId: 'AKIANOBODY' }, code: 'InvalidAccessKeyId', why: 'an unknown key id' },
  ])('refuses $why', async ({ keys, code }) => {
    const client = clientOf(s3.server.url, keys);
    await expect(client.send(new GetObjectCommand({ Bucket: 'staging', Key: 'there' }))).rejects.toMatchObject({
      name: code,
      $metadata: { httpStatusCode: 403 },
    });
    client.destroy();
  });

  test('refuses credentials of another region', async () => {
    const url = await presignedPut();
    const answer = await fetch(url.replace('eu-central-1', 'eu-west-1'), { method: 'PUT', body: 'hello' });
    await expectRefusal(answer, 'AuthorizationHeaderMalformed', 400);
  });

  test('refuses a signed request of a clock that is off', async () => {
    const later = await openLocalS3({ nowMs: () => Date.now() + 16 * 60_000 });
    const headers = { 'x-amz-date': amzDate(new Date()), 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const scope = `${credentials.accessKeyId}/${amzDate(new Date()).slice(0, 8)}/eu-central-1/s3/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
    const answer = await fetch(`${later.server.url}/staging/there`, { headers: { ...headers, authorization } });
    await expectRefusal(answer, 'RequestTimeTooSkewed');
    await later.close();
  });

  test.each([
    { headers: { authorization: 'Basic dXNlcg==' }, code: 'AuthorizationHeaderMalformed', status: 400, why: 'no AWS4' },
    {
      headers: { authorization: 'AWS4-HMAC-SHA256 x' },
      code: 'AuthorizationHeaderMalformed',
      status: 400,
      why: 'cut off',
    },
  ])('refuses an authorization that is $why', async ({ headers, code, status }) => {
    await expectRefusal(await fetch(`${s3.server.url}/staging/there`, { headers }), code, status);
  });

  test.each([
    { path: '/staging/%zz', code: 'InvalidURI', status: 400, why: 'a broken escape' },
    { path: '/staging/%ff', code: 'InvalidURI', status: 400, why: 'bytes that are no UTF-8' },
    { path: `/staging/${'k'.repeat(1025)}`, code: 'KeyTooLongError', status: 400, why: 'a key that is too long' },
  ])('refuses $why', async ({ path, code, status }) => {
    await expectRefusal(await fetch(`${s3.server.url}${path}`), code, status);
  });

  test('agrees with the SDK on the signature of any key and any metadata', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
    const printable = fc.string({ unit: fc.constantFrom(...'ab  +%/=&,;:\'"!*()~') });
    await fc.assert(
      fc.asyncProperty(text, printable, async (Key, note) => {
        const Metadata = { note: `x${note}x` };
        await s3.client.send(new PutObjectCommand({ Bucket: 'staging', Key, Body: Key, Metadata }));
        const get = await s3.client.send(new GetObjectCommand({ Bucket: 'staging', Key }));
        expect(await get.Body?.transformToString()).toBe(Key);
        expect(get.Metadata).toEqual(Metadata);
      }),
      { numRuns: 60 },
    );
  });

  test('says nothing of a bucket that is not there before it knows who asks', async () => {
    await expectRefusal(await fetch(`${s3.server.url}/nowhere/key`), 'AccessDenied');
    await expect(s3.client.send(new GetObjectCommand({ Bucket: 'nowhere', Key: 'k' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    expect((await s3.client.send(new HeadBucketCommand({ Bucket: 'staging' }))).$metadata.httpStatusCode).toBe(200);
  });
});

async function expectRefusal(answer: Response, code: string, status = 403): Promise<void> {
  expect(await answer.text()).toContain(`<Code>${code}</Code>`);
  expect(answer.status).toBe(status);
}

function amzDate(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d+/g, '');
}
