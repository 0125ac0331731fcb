import { codecsFromNode } from '../../../core/submission/storage/codecsFromNode.ts';
import type { DigestBytes } from '../../../core/upload/inspectFile.ts';

/** Modules are loaded when they are used: to load these three takes as long as to de-identify ten slices. */
export const nodeCodecs = codecsFromNode({
  get crypto() {
    return process.getBuiltinModule('node:crypto');
  },
  get zlib() {
    return process.getBuiltinModule('node:zlib');
  },
  get stream() {
    return process.getBuiltinModule('node:stream');
  },
});

/** In a thread of Node's pool, while this one reads and sends. */
export const digestBytes: DigestBytes = async (bytes) =>
  Buffer.from(await globalThis.crypto.subtle.digest('SHA-256', bytes)).toString('hex');
