import { bytesToHex } from '@noble/hashes/utils.js';

/**
 * SHA-256 (hex) of bytes that are held whole, by WebCrypto: away from the thread that calls, in Node and in a browser,
 * where a running digest is JavaScript and takes ten times as long.
 */
export const digestBytes = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
