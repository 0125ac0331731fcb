import { utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonicalJson.ts';
import type { Receipt } from './Receipt.ts';

/** The exact bytes that a receipt's signature covers. */
export const receiptBytes = (receipt: Receipt): Uint8Array => utf8ToBytes(canonicalJson(receipt));
