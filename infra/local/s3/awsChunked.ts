import { createHash, type Hash } from 'node:crypto';
import { sha256Hex } from './canonicalRequest.ts';
import { s3Error } from './s3Error.ts';
import { requireSignature, type VerifiedRequest } from './verifySignature.ts';

/** A chunk header or trailer line: a size, a signature of 64 digits, a checksum. */
const MAX_LINE_BYTES = 4096;
const MAX_TRAILERS = 16;

/** Takes each trailing header, once all chunks are through. */
type OnTrailer = (name: string, value: string) => void;

/**
 * Decodes the body of an aws-chunked request and verifies the signature of each chunk where the request is a signed
 * one ("Signature calculations for the Authorization header: transferring payload in multiple chunks").
 * @throws SignatureDoesNotMatch, IncompleteBody
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Uint8Array>,
  request: VerifiedRequest,
  onTrailer: OnTrailer,
): AsyncGenerator<Uint8Array> {
  const reader = byteReader(source);
  const signer = request.payload.startsWith('STREAMING-AWS4') ? chunkSigner(request) : undefined;
  for (;;) {
    const { sizeBytes, signature } = parseChunkHeader(await reader.line());
    const hash = signer === undefined ? undefined : createHash('sha256');
    yield* hashed(reader.bytes(sizeBytes), hash);
    if (hash !== undefined) signer?.verify('PAYLOAD', `${sha256Hex('')}\n${hash.digest('hex')}`, signature);
    if (sizeBytes === 0) break;
    if ((await reader.line()) !== '') throw s3Error('IncompleteBody', 'A chunk does not end where it says');
  }
  if (!request.payload.endsWith('-TRAILER')) return;
  const trailers = await readTrailers(reader);
  const signed = trailers.filter(([name]) => name !== 'x-amz-trailer-signature');
  const signature = trailers.find(([name]) => name === 'x-amz-trailer-signature')?.[1];
  signer?.verify('TRAILER', sha256Hex(signed.map(([name, value]) => `${name}:${value}\n`).join('')), signature);
  for (const [name, value] of signed) onTrailer(name, value);
}

function parseChunkHeader(line: string): { sizeBytes: number; signature: string | undefined } {
  const fields = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
  if (fields?.[1] === undefined) throw s3Error('IncompleteBody', 'A chunk header is malformed');
  return { sizeBytes: Number.parseInt(fields[1], 16), signature: fields[2] };
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hash: Hash | undefined): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash?.update(chunk);
    yield chunk;
  }
}

/** Each signature covers the one before it, from the request's own on. */
function chunkSigner({ signingKey, date, scope, signature }: VerifiedRequest) {
  let previous = signature;
  return {
    verify(kind: 'PAYLOAD' | 'TRAILER', digests: string, given: string | undefined): void {
      const stringToSign = [`AWS4-HMAC-SHA256-${kind}`, date, scope, previous, digests].join('\n');
      requireSignature(signingKey, stringToSign, given ?? '');
      previous = given ?? '';
    },
  };
}

async function readTrailers(reader: ReturnType<typeof byteReader>): Promise<Array<[string, string]>> {
  const trailers: Array<[string, string]> = [];
  for (let line = await reader.line(); line !== ''; line = await reader.line()) {
    const colon = line.indexOf(':');
    if (colon < 1 || trailers.length === MAX_TRAILERS) throw s3Error('IncompleteBody', 'A trailer is malformed');
    trailers.push([line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]);
  }
  return trailers;
}

/** Lines and counted bytes out of a stream; slices are views, not copies. */
function byteReader(source: AsyncIterable<Uint8Array>) {
  const iterator = source[Symbol.asyncIterator]();
  let pending: Buffer = Buffer.alloc(0);
  const read = async (): Promise<Buffer | undefined> => {
    const next = await iterator.next();
    return next.done === true ? undefined : Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length);
  };
  return {
    /** The next line without its end.  */
    async line(): Promise<string> {
      for (;;) {
        const end = pending.indexOf('\r\n');
        if (end >= 0) {
          const line = pending.toString('latin1', 0, end);
          pending = pending.subarray(end + 2);
          return line;
        }
        if (pending.length > MAX_LINE_BYTES) throw s3Error('IncompleteBody', 'A chunk header is too long');
        const more = await read();
        if (more === undefined) throw s3Error('IncompleteBody', 'The body ends within a chunk header');
        pending = Buffer.concat([pending, more]);
      }
    },
    async *bytes(sizeBytes: number): AsyncGenerator<Uint8Array> {
      for (let left = sizeBytes; left > 0; ) {
        if (pending.length === 0) {
          const more = await read();
          if (more === undefined) throw s3Error('IncompleteBody', 'The body ends within a chunk');
          pending = more;
        }
        const chunk = pending.subarray(0, left);
        pending = pending.subarray(chunk.length);
        left -= chunk.length;
        yield chunk;
      }
    },
  };
}
