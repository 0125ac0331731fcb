import { utf8ToBytes } from '@noble/hashes/utils.js';
import { hashJson } from './hashJson.ts';
import type { Receipt } from './Receipt.ts';

/**
 * The exact bytes that a receipt's signature covers: a line that names their meaning, and the SHA-256 (hex) of the
 * receipt's canonical JSON. A receipt itself can be megabytes, and KMS signs at most 4,096 bytes with Ed25519.
 */
export const receiptBytes = (receipt: Receipt): Uint8Array => utf8ToBytes(`airlock receipt v1\n${hashJson(receipt)}\n`);
