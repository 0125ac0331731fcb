import { dicomRoot, registeredUids } from '../../dicom/tables/registeredUids.ts';
import { hmacOf } from './keyedDigest.ts';

const registered = new Set(registeredUids.split(' ').map((suffix) => dicomRoot + suffix));

/** True for a UID of PS3.6 Annex A, which means the same in every file. */
export const isRegisteredUid = (uid: string): boolean => registered.has(uid);

/**
 * The UID that stands for a UID in one project: `2.25.` and the first 128 bits of HMAC-SHA-256, as PS3.5 §B.2 writes
 * them. The same key maps alike in every file and at every time; registered UIDs stay.
 */
export function mapUid(key: Uint8Array, uid: string): string {
  if (isRegisteredUid(uid)) return uid;
  const mapped = known.get(key) ?? new Map<string, string>();
  known.set(key, mapped);
  const made = mapped.get(uid);
  if (made !== undefined) return made;
  // a part of a string keeps the whole in memory, and it may be of a value of many MB
  const own = uid.length > longestKnown ? uid : uid.split('').join('');
  const digest = hmacOf(key, own);
  const view = new DataView(digest.buffer, digest.byteOffset);
  const text = `2.25.${(view.getBigUint64(0) << 64n) | view.getBigUint64(8)}`;
  if (uid.length > longestKnown) return text;
  if (mapped.size >= knownLimit) mapped.clear();
  mapped.set(own, text);
  return text;
}

/** Files of one study name the same study, series and frame of reference: these are worked out once. */
const known = new WeakMap<Uint8Array, Map<string, string>>();
const knownLimit = 4096;
/** PS3.5 §6.2: of a UID; what is longer is none. */
const longestKnown = 64;
