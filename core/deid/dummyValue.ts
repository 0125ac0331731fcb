import { asciiBytes } from '../dicom/encodeElement.ts';
import { vrName } from '../dicom/vr.ts';

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

const zeroBytes: Record<string, number> = {
  AT: 4,
  FD: 8,
  FL: 4,
  OB: 2,
  OD: 8,
  OF: 4,
  OL: 4,
  OV: 8,
  OW: 2,
  SL: 4,
  SS: 2,
  SV: 8,
  UL: 4,
  UN: 2,
  US: 2,
  UV: 8,
};

/** A value that is valid for its VR and says nothing (PS3.15 Table E.1-1a, D). */
export function dummyValue(vr: number): Uint8Array {
  const name = vrName(vr);
  const zeros = zeroBytes[name];
  return zeros === undefined ? asciiBytes(texts[name] ?? text) : new Uint8Array(zeros);
}
