import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonicalJson.ts';

/** SHA-256 (hex) of small values; bulk digests come as a port. */
export const hashBytes = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

/** SHA-256 (hex) of a value's canonical JSON. */
export const hashJson = (value: unknown): string => hashBytes(utf8ToBytes(canonicalJson(value)));
