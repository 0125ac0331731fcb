import { keyedDigest, nameOf } from './keyedDigest.ts';

/** Stands for a study in one project: 12 characters of [0-9A-HJKMNP-TV-Z], from its instance UID. */
export function sessionPseudonym(key: Uint8Array, studyUid: string): string {
  return nameOf(keyedDigest(key, 'session', [studyUid]));
}
