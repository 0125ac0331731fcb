import crypto from 'node:crypto';
import stream from 'node:stream';
import zlib from 'node:zlib';
import type { Bytes } from '../../../core/submission/ports.ts';
import { codecsFromNode } from '../../../core/submission/storage/codecsFromNode.ts';

export const codecs = codecsFromNode({ crypto, zlib, stream });

/** A stream of some bytes in chunks of a size. */
export async function* streamOf(bytes: Uint8Array, chunkBytes = 4096): Bytes {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

export async function collect(body: Bytes): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk.slice());
  return concat(chunks);
}

export function concat(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(chunks));
}

export const sha256 = (bytes: Uint8Array) => crypto.createHash('sha256').update(bytes).digest('hex');
