import { keyedDigest } from './keyedDigest.ts';

/** Ten years: long enough that season and year tell nothing, short enough that dates stay plausible. */
const longestShiftDays = 3650;

/**
 * Whole days to add to every date of a patient (PS3.15 §E.3.6, modified dates): between -3650 and -1, so that intervals
 * stay and no date comes to lie in the future. `patient` is the pseudonym.
 */
export function dateShiftDays(key: Uint8Array, patient: string): number {
  const digest = keyedDigest(key, 'dates', [patient]);
  const view = new DataView(digest.buffer, digest.byteOffset);
  return -1 - (view.getUint32(0) % longestShiftDays);
}
