import { dicomRoot, registeredUids } from '../dicom/tables/registeredUids.ts';
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
  const digest = hmacOf(key, uid);
  const view = new DataView(digest.buffer, digest.byteOffset);
  return `2.25.${(view.getBigUint64(0) << 64n) | view.getBigUint64(8)}`;
}
