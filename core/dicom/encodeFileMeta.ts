import { asciiBytes, concatBytes, encodeElement } from './encodeElement.ts';
import { vr, vrCode } from './vr.ts';

/** Names this software in files that it wrote (PS3.7 §D.3.3.2): a UUID-derived UID and at most 16 characters. */
const implementation = { classUid: '2.25.203374190216835170952847361028493756120', version: 'XNAT_AIRLOCK_1' };

/**
 * A whole new file meta: 128 zeros, `DICM` and the elements that PS3.10 Table 7.1-1 requires, and nothing else.
 * Group 0002 may name stations, addresses and private data; the preamble may hold a program (CVE-2019-11687).
 */
export function encodeFileMeta(of: { sopClass: string; sopInstance: string; transferSyntax: string }): Uint8Array {
  const form = { explicit: true, bigEndian: false };
  const text = (tag: number, code: number, value: string) =>
    encodeElement({ tag, vr: code, value: asciiBytes(value) }, form);
  const elements = concatBytes([
    encodeElement({ tag: 0x00020001, vr: vr.OB, value: Uint8Array.of(0, 1) }, form),
    text(0x00020002, vr.UI, of.sopClass),
    text(0x00020003, vr.UI, of.sopInstance),
    text(0x00020010, vr.UI, of.transferSyntax),
    text(0x00020012, vr.UI, implementation.classUid),
    text(0x00020013, vrCode('SH'), implementation.version),
  ]);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, elements.length, true);
  const groupLength = encodeElement({ tag: 0x00020000, vr: vr.UL, value: length }, form);
  return concatBytes([new Uint8Array(128), asciiBytes('DICM'), groupLength, elements]);
}
