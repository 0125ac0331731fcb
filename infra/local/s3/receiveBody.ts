import { decodeAwsChunked } from './awsChunked.ts';
import {
  type ChecksumAlgorithm,
  checksumAlgorithms,
  checksumHeader,
  parseAlgorithm,
  startDigest,
} from './checksums.ts';
import { s3Error } from './s3Error.ts';
import type { VerifiedRequest } from './verifySignature.ts';

/** S3: a part or single put has at most 5 GiB. */
const MAX_BODY_BYTES = 5 * 1024 ** 3;

/** A body that is hashed as it is read. */
export interface ReceivedBody {
  /** What the client says it sends along, in a header or as a trailer. */
  algorithm: ChecksumAlgorithm | undefined;
  hasMd5: boolean;
  chunks: AsyncIterable<Uint8Array>;
  /**
   * To be called after the last chunk; answers the checksum in base64.
   * @throws BadDigest, XAmzContentSHA256Mismatch, IncompleteBody
   */
  verify(): string | undefined;
}

interface BodyRequest {
  header(name: string): string | undefined;
  verified: VerifiedRequest;
  source: AsyncIterable<Uint8Array>;
  /** False where x-amz-checksum-* speaks of the object and not of this body. */
  checksumOfBody?: boolean;
}

/**
 * Computes the digests that the request asks for and no other: SHA-256 once, be it for the signature or a checksum;
 * MD5 for Content-MD5 alone. S3 adds a CRC-64/NVME to objects sent without any checksum; this server does not.
 */
export function receiveBody({ header, verified, source, checksumOfBody = true }: BodyRequest): ReceivedBody {
  const streaming = verified.payload.startsWith('STREAMING-');
  const declaredBytes = Number(streaming ? header('x-amz-decoded-content-length') : header('content-length'));
  if (!Number.isInteger(declaredBytes)) throw s3Error('MissingContentLength', 'You must provide the Content-Length');
  if (declaredBytes > MAX_BODY_BYTES) throw s3Error('EntityTooLarge', 'The body exceeds the maximum allowed size');
  const trailers = new Map<string, string>();
  const algorithm = checksumOfBody ? announcedAlgorithm(header) : undefined;
  const md5 = header('content-md5');
  const wanted = new Set<ChecksumAlgorithm | 'MD5'>();
  if (algorithm !== undefined) wanted.add(algorithm);
  if (md5 !== undefined) wanted.add('MD5');
  if (/^[0-9a-f]{64}$/.test(verified.payload)) wanted.add('SHA256');
  const digests = [...wanted].map((name) => [name, startDigest(name)] as const);
  const decoded = streaming ? decodeAwsChunked(source, verified, (name, value) => trailers.set(name, value)) : source;
  let receivedBytes = 0;
  return {
    algorithm,
    hasMd5: md5 !== undefined,
    chunks: (async function* () {
      for await (const chunk of decoded) {
        receivedBytes += chunk.length;
        for (const [, digest] of digests) digest.update(chunk);
        yield chunk;
      }
    })(),
    verify() {
      if (receivedBytes !== declaredBytes) throw s3Error('IncompleteBody', 'The body has not the length it announces');
      const results = new Map(digests.map(([name, digest]) => [name, digest.digest()]));
      requireEqual(md5, results.get('MD5')?.toString('base64'), 'Content-MD5');
      const sha256 = wanted.has('SHA256') ? results.get('SHA256')?.toString('hex') : undefined;
      if (/^[0-9a-f]{64}$/.test(verified.payload) && sha256 !== verified.payload) {
        throw s3Error('XAmzContentSHA256Mismatch', 'The x-amz-content-sha256 does not match what was computed');
      }
      if (algorithm === undefined) return undefined;
      const name = checksumHeader(algorithm);
      const computed = results.get(algorithm)?.toString('base64');
      requireEqual(header(name) ?? trailers.get(name) ?? '', computed, algorithm);
      return computed;
    },
  };
}

/** The whole of a small body, such as an XML document. @throws EntityTooLarge */
export async function readDocument(body: ReceivedBody, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body.chunks) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw s3Error('EntityTooLarge', 'The document exceeds the maximum allowed size');
    chunks.push(chunk);
  }
  body.verify();
  return Buffer.concat(chunks).toString('utf8');
}

function announcedAlgorithm(header: BodyRequest['header']): ChecksumAlgorithm | undefined {
  const given = checksumAlgorithms.filter((algorithm) => header(checksumHeader(algorithm)) !== undefined);
  const trailer = /^x-amz-checksum-(\w+)$/.exec(header('x-amz-trailer') ?? '')?.[1];
  const trailing = trailer === undefined ? undefined : parseAlgorithm(trailer);
  if (trailer !== undefined && trailing === undefined)
    throw s3Error('NotImplemented', 'This checksum is not implemented');
  const all = trailing === undefined ? given : [...given, trailing];
  if (all.length > 1) throw s3Error('InvalidRequest', 'Expecting a single x-amz-checksum- header');
  return all[0];
}

function requireEqual(given: string | undefined, computed: string | undefined, what: string): void {
  if (given !== undefined && given !== computed) {
    throw s3Error('BadDigest', `The ${what} you specified did not match the calculated checksum`);
  }
}
