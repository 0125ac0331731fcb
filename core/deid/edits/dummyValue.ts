import { asciiBytes } from '../../dicom/encodeElement.ts';
import { bytesPerNumber, isTextVr, vrName } from '../../dicom/vr.ts';

const text = 'ANONYMIZED';

/** 19000101 is a date that validators take; 00010101 and 99991231 are not. */
const texts: Record<string, string> = {
  AS: '000D',
  DA: '19000101',
  DS: '0',
  DT: '19000101000000',
  IS: '0',
  TM: '000000',
  // PS3.3 §8.1: a Long Code Value has more than 16 characters
  UC: 'ANONYMIZED-ANONYMIZED',
  UI: '2.25.0',
  UR: 'urn:anonymized:0',
};

/** A value that is valid for its VR and says nothing (PS3.15 Table E.1-1a, D). */
export function dummyValue(code: number): Uint8Array {
  if (isTextVr(code)) return asciiBytes(texts[vrName(code)] ?? text);
  return new Uint8Array(bytesPerNumber(code) || 2);
}
