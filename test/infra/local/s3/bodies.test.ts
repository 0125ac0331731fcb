import { createHash } from 'node:crypto';
import { type OutgoingHttpHeaders, request } from 'node:http';
import { DeleteObjectsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signWithDigest } from '../../../../lambdas/adapters/signWithDigest.ts';
import { blobCount, openLocalS3 } from './localS3.ts';

const GIB = 1024 ** 3;

describe('the one-machine S3 wants bodies as they are announced', () => {
  let s3: Awaited<ReturnType<typeof openLocalS3>>;
  beforeAll(async () => {
    s3 = await openLocalS3();
  });
  afterAll(() => s3.close());
  const target = { Bucket: 'staging', Key: 'body' };

  test.each([
    { headers: { 'transfer-encoding': 'chunked' }, status: 411, code: 'MissingContentLength', why: 'no length' },
    { headers: { 'content-length': 5 * GIB + 1 }, status: 400, code: 'EntityTooLarge', why: 'more than 5 GiB' },
  ])('refuses a put with $why before it reads it', async ({ headers, status, code }) => {
    const url = await getSignedUrl(s3.client, new PutObjectCommand(target), { expiresIn: 60 });
    const answer = await startPut(url, headers);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(`<Code>${code}</Code>`);
  });

  test('refuses a list of deletions that is too large', async () => {
    const Key = 'k'.repeat(9 * 1024 * 1024);
    const command = new DeleteObjectsCommand({ Bucket: 'staging', Delete: { Objects: [{ Key }] } });
    await expect(s3.client.send(command)).rejects.toMatchObject({ name: 'EntityTooLarge' });
  });

  test('refuses a body other than the one that is signed', async () => {
    const before = await blobCount(s3.dataDir);
    const command = new PutObjectCommand({ ...target, Body: 'what is sent' });
    command.middlewareStack.add(
      (next) => (args) => {
        signWithDigest(args.request, createHash('sha256').update('what is signed').digest('base64'));
        return next(args);
      },
      { step: 'build' },
    );
    await expect(s3.client.send(command)).rejects.toMatchObject({ name: 'XAmzContentSHA256Mismatch' });
    expect(await blobCount(s3.dataDir)).toBe(before);
  });
});

/** Sends a head and no body; a server that refuses need not wait for one. */
function startPut(url: string, headers: OutgoingHttpHeaders): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'PUT', headers });
    sending.on('error', reject);
    sending.on('response', async (answer) => {
      const text = Buffer.concat(await Array.fromAsync(answer)).toString();
      sending.off('error', reject).on('error', () => undefined);
      sending.destroy();
      resolve({ status: answer.statusCode ?? 0, text });
    });
    sending.flushHeaders();
  });
}
