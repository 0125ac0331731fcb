import { PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLocalS3, origin } from './localS3.ts';

describe('the one-machine S3 lets browsers in by the rules of each bucket', () => {
  let s3: Awaited<ReturnType<typeof openLocalS3>>;
  beforeAll(async () => {
    s3 = await openLocalS3();
  });
  afterAll(() => s3.close());
  const preflight = (bucket: string, headers: Record<string, string>) =>
    fetch(`${s3.server.url}/${bucket}/key`, { method: 'OPTIONS', headers });
  const put = { origin, 'access-control-request-method': 'PUT' };

  test('allows what the rule allows', async () => {
    const answer = await preflight('web', { ...put, 'access-control-request-headers': 'x-amz-checksum-sha256' });
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'PUT, GET',
      'access-control-allow-headers': 'x-amz-checksum-sha256',
      'access-control-max-age': '300',
    });
  });

  test.each([
    { bucket: 'web', headers: { ...put, origin: 'https://evil.example.org' }, why: 'a foreign origin' },
    { bucket: 'web', headers: { ...put, 'access-control-request-method': 'DELETE' }, why: 'a method that no rule has' },
    {
      bucket: 'web',
      headers: { ...put, 'access-control-request-headers': 'x-amz-acl' },
      why: 'a header that no rule has',
    },
    { bucket: 'web', headers: { origin }, why: 'no method' },
    { bucket: 'staging', headers: put, why: 'a bucket without rules' },
    { bucket: 'nowhere', headers: put, why: 'no bucket' },
  ])('refuses $why', async ({ bucket, headers }) => {
    const answer = await preflight(bucket, headers);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test.each([
    { from: origin, body: 'hello', status: 200, allowed: origin, why: 'a success' },
    { from: origin, body: 'longer', status: 403, allowed: origin, why: 'a refusal' },
    { from: 'https://evil.example.org', body: 'hello', status: 200, allowed: null, why: 'no foreign answer' },
  ])('lets the page read $why', async ({ from, body, status, allowed }) => {
    const command = new PutObjectCommand({ Bucket: 'web', Key: 'page', ContentLength: 5 });
    const url = await getSignedUrl(s3.client, command, { expiresIn: 60 });
    const answer = await fetch(url, { method: 'PUT', body, headers: { origin: from } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe(allowed);
    const exposed = answer.headers.get('access-control-expose-headers');
    expect(exposed).toBe(allowed === null ? null : 'ETag, x-amz-checksum-sha256');
  });
});
