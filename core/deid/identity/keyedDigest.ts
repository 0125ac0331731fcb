import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

/**
 * HMAC-SHA-256 of parts under a purpose. The purpose is no UID and parts are parted by NUL, so that no two uses and no
 * two lists of parts share a result.
 */
export function keyedDigest(key: Uint8Array, purpose: string, parts: readonly string[]): Uint8Array {
  return hmacOf(key, [purpose, ...parts].join('\0'));
}

interface Keyed {
  /** The key alone, taken in: to do so takes as long as most texts do. */
  begun: ReturnType<typeof hmac.create>;
  /** Files of one study name the same patient: these are worked out once. */
  digests: Map<string, Uint8Array>;
}

const known = new WeakMap<Uint8Array, Keyed>();
const knownLimit = 4096;
/** A longer text is none that files share: ids and UIDs have 64 characters at most. */
const longestKnown = 512;

function keyedOf(key: Uint8Array): Keyed {
  const keyed = known.get(key) ?? { begun: hmac.create(sha256, key), digests: new Map() };
  known.set(key, keyed);
  return keyed;
}

/** HMAC-SHA-256 of a text; callers must not change it. */
export function hmacOf(key: Uint8Array, text: string): Uint8Array {
  const { begun, digests } = keyedOf(key);
  const made = digests.get(text);
  if (made !== undefined) return made;
  const digest = begun.clone().update(utf8ToBytes(text)).digest();
  if (text.length > longestKnown) return digest;
  if (digests.size >= knownLimit) digests.clear();
  digests.set(text, digest);
  return digest;
}

/** Crockford's alphabet: no letters that are mistaken for digits. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Twelve characters of a digest, 60 bits: among a million patients two share one with a chance of 1 in 2 million. */
export function nameOf(digest: Uint8Array): string {
  let name = '';
  for (let i = 0; i < 12; i += 1) name += alphabet.charAt((digest[i] ?? 0) & 31);
  return name;
}
