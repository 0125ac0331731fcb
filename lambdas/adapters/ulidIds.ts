import { randomBytes } from 'node:crypto';
import type { Ids } from '../../core/submission/ports.ts';

/** Crockford's base 32, which has no I, L, O and U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** ULIDs (github.com/ulid/spec): 48 bits of milliseconds, 80 bits at random. */
export const ulidIds: Ids = {
  submission: () => `sub_${timeDigits(Date.now())}${randomDigits()}`,
};

function timeDigits(milliseconds: number): string {
  return Array.from({ length: 10 }, (_, index) => alphabet[Math.floor(milliseconds / 32 ** (9 - index)) % 32]).join('');
}

/** 16 digits of 5 bits; of each random byte 5 bits are used. */
function randomDigits(): string {
  return Array.from(randomBytes(16), (byte) => alphabet[byte & 31]).join('');
}
