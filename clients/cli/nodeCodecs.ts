import crypto from 'node:crypto';
import stream from 'node:stream';
import zlib from 'node:zlib';
import { codecsFromNode } from '../../core/submission/codecsFromNode.ts';
import type { DigestBytes } from '../../core/upload/inspectFile.ts';

export const nodeCodecs = codecsFromNode({ crypto, zlib, stream });

/** In a thread of Node's pool, while this one reads and sends. */
export const digestBytes: DigestBytes = async (bytes) =>
  Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
