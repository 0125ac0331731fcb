import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from '../../audit/canonicalJson.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The submission id that belongs to a caller's Idempotency-Key: 130 bits of a digest, the same at each repetition. */
export function submissionIdOf(request: { site: string; subject: string; idempotencyKey: string }): string {
  const digest = sha256(utf8ToBytes(canonicalJson(request)));
  return `sub_${Array.from(digest.slice(0, 26), (byte) => alphabet[byte & 31]).join('')}`;
}
