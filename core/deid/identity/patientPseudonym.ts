import { keyedDigest, nameOf } from './keyedDigest.ts';

/**
 * Stands for a patient in one project: 12 characters of [0-9A-HJKMNP-TV-Z], from patient id and issuer. Without the
 * key nobody can try ids against it.
 */
export function patientPseudonym(key: Uint8Array, patientId: string, issuer = ''): string {
  return nameOf(keyedDigest(key, 'patient', [patientId, issuer]));
}
