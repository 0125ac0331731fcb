import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { limits } from '../../core/policy/limits.ts';
import type { Bytes, StoredObject } from '../../core/submission/ports.ts';
import { compositeSha256 } from './compositeSha256.ts';
import { askS3 } from './s3Fault.ts';
import { signWithDigest } from './signWithDigest.ts';

const PART_BYTES = limits.streamPartBytes;
/** Two parts on their way and one that fills up: 48 MiB at most. */
const PARTS_IN_FLIGHT = 2;

interface Part {
  bytes: Uint8Array;
  /** Base64. */
  sha256: string;
  last: boolean;
}

interface Target {
  client: S3Client;
  bucket: string;
  key: string;
}

/**
 * Streams a body of any length into an object: one put when it fits a part, a multipart upload otherwise, aborted
 * when the body or S3 fails. An error of the body passes as it is. Not lib-storage's Upload: it hashes parts in its
 * own queue and takes no digest that is computed while the part fills.
 */
export async function s3WriteStream(target: Target, body: Bytes): Promise<StoredObject> {
  const parts = cutParts(body);
  try {
    const first = await parts.next();
    if (first.done === true) throw new Error('Cut a body: no part came, wanted at least an empty one');
    return first.value.last ? await putWhole(target, first.value) : await putParts(target, first.value, parts);
  } finally {
    // a body that is left unread holds its socket
    await parts.return(undefined);
  }
}

async function putWhole({ client, bucket, key }: Target, { bytes, sha256 }: Part): Promise<StoredObject> {
  const put = new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ChecksumSHA256: sha256 });
  put.middlewareStack.add(
    (next) => (args) => {
      signWithDigest(args.request, sha256);
      return next(args);
    },
    { step: 'build' },
  );
  const { VersionId = 'null' } = await askS3('Write an object', client.send(put));
  return { sizeBytes: bytes.length, versionId: VersionId, checksumSha256: sha256 };
}

async function putParts(
  { client, bucket, key }: Target,
  first: Part,
  rest: AsyncIterable<Part>,
): Promise<StoredObject> {
  const create = new CreateMultipartUploadCommand({ Bucket: bucket, Key: key, ChecksumAlgorithm: 'SHA256' });
  const { UploadId } = await askS3('Begin an upload', client.send(create));
  const upload = { Bucket: bucket, Key: key, UploadId };
  const digests: string[] = [];
  const sends: Array<Promise<CompletedPart>> = [];
  let sizeBytes = 0;
  const send = async ({ bytes, sha256 }: Part): Promise<void> => {
    await sends.at(-PARTS_IN_FLIGHT);
    digests.push(sha256);
    sizeBytes += bytes.length;
    const number = digests.length;
    const command = new UploadPartCommand({ ...upload, PartNumber: number, Body: bytes, ChecksumSHA256: sha256 });
    command.middlewareStack.add(
      (next) => (args) => {
        signWithDigest(args.request, sha256);
        return next(args);
      },
      { step: 'build' },
    );
    const sent = askS3('Write a part', client.send(command)).then(({ ETag }) => ({
      ETag,
      PartNumber: number,
      ChecksumSHA256: sha256,
    }));
    // a failure is thrown where the part is awaited; until then it must not count as unhandled
    sent.catch(() => undefined);
    sends.push(sent);
  };
  try {
    await send(first);
    for await (const part of rest) await send(part);
    const complete = new CompleteMultipartUploadCommand({
      ...upload,
      MpuObjectSize: sizeBytes,
      MultipartUpload: { Parts: await Promise.all(sends) },
    });
    const { VersionId = 'null' } = await askS3('Complete an upload', client.send(complete));
    return { sizeBytes, versionId: VersionId, checksumSha256: compositeSha256(digests) };
  } catch (error) {
    await Promise.allSettled(sends);
    // the first failure is the one to report; the bucket's lifecycle ends what stays after a second
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

/**
 * Gathers chunks into parts of full size and hashes them on the way; the last one may be short, or empty. A part's
 * buffer is filled anew when as many parts as may be in flight have been taken after it: it is sent by then.
 */
async function* cutParts(body: Bytes): AsyncGenerator<Part> {
  const buffers: Buffer[] = [];
  let count = 0;
  const start = () => {
    const slot = count % (PARTS_IN_FLIGHT + 1);
    count += 1;
    const buffer = buffers[slot] ?? Buffer.allocUnsafeSlow(PART_BYTES);
    buffers[slot] = buffer;
    return startPart(buffer);
  };
  let part = start();
  for await (const chunk of body) {
    for (let offset = 0; offset < chunk.length; ) {
      if (part.isFull()) {
        yield part.end(false);
        part = start();
      }
      offset += part.append(chunk.subarray(offset));
    }
  }
  yield part.end(true);
}

function startPart(buffer: Buffer) {
  const hash = createHash('sha256');
  let filled = 0;
  return {
    isFull: () => filled === PART_BYTES,
    /** Answers how many bytes fitted. */
    append(chunk: Uint8Array): number {
      const piece = chunk.subarray(0, PART_BYTES - filled);
      buffer.set(piece, filled);
      hash.update(piece);
      filled += piece.length;
      return piece.length;
    },
    end: (last: boolean): Part => ({ bytes: buffer.subarray(0, filled), sha256: hash.digest('base64'), last }),
  };
}
