import { describe, expect, test } from 'vitest';
import { decodeAwsChunked } from '../../../../infra/local/s3/awsChunked.ts';
import type { WireRequest } from '../../../../infra/local/s3/canonicalRequest.ts';
import { verifySignature } from '../../../../infra/local/s3/verifySignature.ts';

/** The worked examples of the Amazon S3 API Reference, "Authenticating Requests (AWS Signature Version 4)". */
const credentials = [
  { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
];
const verifier = { credentials, region: 'us-east-1', nowMs: Date.UTC(2013, 4, 24) };
const scope = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
const emptySha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const authorization = (signedHeaders: string, signature: string) =>
  `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=${signedHeaders},Signature=${signature}`;

const rangedGet: WireRequest = {
  method: 'GET',
  path: '/test.txt',
  query: [],
  headers: new Map([
    ['host', 'examplebucket.s3.amazonaws.com'],
    ['range', 'bytes=0-9'],
    ['x-amz-content-sha256', emptySha256],
    ['x-amz-date', '20130524T000000Z'],
    [
      'authorization',
      authorization(
        'host;range;x-amz-content-sha256;x-amz-date',
        'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
      ),
    ],
  ]),
};

const presignedGet: WireRequest = {
  method: 'GET',
  path: '/test.txt',
  query: [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', scope],
    ['X-Amz-Date', '20130524T000000Z'],
    ['X-Amz-Expires', '86400'],
    ['X-Amz-SignedHeaders', 'host'],
    ['X-Amz-Signature', 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404'],
  ],
  headers: new Map([['host', 'examplebucket.s3.amazonaws.com']]),
};

const chunkedPut: WireRequest = {
  method: 'PUT',
  path: '/examplebucket/chunkObject.txt',
  query: [],
  headers: new Map([
    ['content-encoding', 'aws-chunked'],
    ['content-length', '66824'],
    ['host', 's3.amazonaws.com'],
    ['x-amz-content-sha256', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'],
    ['x-amz-date', '20130524T000000Z'],
    ['x-amz-decoded-content-length', '66560'],
    ['x-amz-storage-class', 'REDUCED_REDUNDANCY'],
    [
      'authorization',
      authorization(
        'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class',
        '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
      ),
    ],
  ]),
};

const chunks = [
  { sizeBytes: 65536, signature: 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648' },
  { sizeBytes: 1024, signature: '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497' },
  { sizeBytes: 0, signature: 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9' },
];
const chunkedBody = Buffer.concat(
  chunks.map(({ sizeBytes, signature }) =>
    Buffer.from(`${sizeBytes.toString(16)};chunk-signature=${signature}\r\n${'a'.repeat(sizeBytes)}\r\n`),
  ),
);

async function* inPieces(bytes: Buffer, pieceBytes: number) {
  for (let start = 0; start < bytes.length; start += pieceBytes) yield bytes.subarray(start, start + pieceBytes);
}

const decode = async (body: Buffer, pieceBytes: number) =>
  Buffer.concat(
    await Array.fromAsync(
      decodeAwsChunked(inPieces(body, pieceBytes), verifySignature(chunkedPut, verifier), () => undefined),
    ),
  );

describe('the signature verifier agrees with the worked examples of AWS', () => {
  test.each([
    { request: rangedGet, why: 'a signed header' },
    { request: presignedGet, why: 'a presigned query' },
    { request: chunkedPut, why: 'a chunked body' },
  ])('accepts $why', ({ request }) => {
    expect(verifySignature(request, verifier).scope).toBe('20130524/us-east-1/s3/aws4_request');
  });

  test.each([{ pieceBytes: 7 }, { pieceBytes: 1000 }, { pieceBytes: 100_000 }])(
    'decodes the chunks when they come in pieces of $pieceBytes bytes',
    async ({ pieceBytes }) => {
      expect((await decode(chunkedBody, pieceBytes)).toString()).toBe('a'.repeat(66_560));
    },
  );

  test.each([
    { offset: 100, to: 'b', code: 'SignatureDoesNotMatch', why: 'a byte of the first chunk changed' },
    { offset: 66_000, to: 'b', code: 'SignatureDoesNotMatch', why: 'a byte of the second chunk changed' },
    { offset: 22, to: '0', code: 'SignatureDoesNotMatch', why: 'a digit of a chunk signature changed' },
    { offset: 0, to: 'x', code: 'IncompleteBody', why: 'a chunk size is no number' },
  ])('refuses the chunks when $why', async ({ offset, to, code }) => {
    const altered = Buffer.from(chunkedBody);
    altered.write(to, offset);
    await expect(decode(altered, 5000)).rejects.toMatchObject({ name: code });
  });

  test('refuses chunks that end early', async () => {
    await expect(decode(chunkedBody.subarray(0, 60_000), 5000)).rejects.toMatchObject({ name: 'IncompleteBody' });
  });
});
