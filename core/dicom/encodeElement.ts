import { dicomFault } from './dicomFault.ts';
import { itemTag } from './elementIndex.ts';
import { explicitHeaderBytes, vr } from './vr.ts';

/** How the data set around an element is written. */
export interface ElementForm {
  explicit: boolean;
  bigEndian: boolean;
}

interface NewElement {
  tag: number;
  vr: number;
  value: Uint8Array;
}

const empty = new Uint8Array(0);

/**
 * One element with its header, its value padded to even length (PS3.5 §6.2: NUL for UI and bytes, else a space).
 * @throws DomainError DicomValueTooLong when the value outgrows a 16-bit length
 */
export function encodeElement({ tag, vr: code, value }: NewElement, form: ElementForm): Uint8Array {
  const length = value.length + (value.length % 2);
  const header = encodeHeader({ tag, vr: code, length }, form);
  const element = new Uint8Array(header.length + length);
  element.set(header);
  element.set(value, header.length);
  if (length > value.length && isSpacePadded(code)) element[element.length - 1] = 0x20;
  return element;
}

/** The bytes of an element before its value. `length` may be 0xFFFFFFFF where the VR has a 32-bit length. */
export function encodeHeader(of: { tag: number; vr: number; length: number }, form: ElementForm): Uint8Array {
  const isLong = form.explicit && explicitHeaderBytes(of.vr) === 12;
  const header = new Uint8Array(isLong ? 12 : 8);
  const view = new DataView(header.buffer);
  const little = !form.bigEndian;
  view.setUint16(0, of.tag >>> 16, little);
  view.setUint16(2, of.tag & 0xffff, little);
  if (form.explicit) view.setUint16(4, of.vr);
  if (!form.explicit || isLong) {
    view.setUint32(header.length - 4, of.length, little);
    return header;
  }
  if (of.length > 0xfffe) {
    throw dicomFault('DicomValueTooLong', 'its new value exceeds a 16-bit length', { offset: 0, tag: of.tag });
  }
  view.setUint16(6, of.length, little);
  return header;
}

/** An item of a sequence, of defined length. */
export function encodeItem(elements: readonly Uint8Array[], form: ElementForm): Uint8Array {
  const content = concatBytes(elements);
  const header = encodeHeader({ tag: itemTag, vr: 0, length: content.length }, { ...form, explicit: false });
  return concatBytes([header, content]);
}

/** A sequence of defined length; without items, an empty one. */
export function encodeSequence(tag: number, items: readonly Uint8Array[], form: ElementForm): Uint8Array {
  const value = items.length === 0 ? empty : concatBytes(items);
  return encodeElement({ tag, vr: vr.SQ, value }, form);
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let position = 0;
  for (const part of parts) {
    all.set(part, position);
    position += part.length;
  }
  return all;
}

/** Text of ISO 646: one byte a character. Valid in every character set of PS3.3 §C.12.1.1.2. */
export function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const nulPadded = new Set<number>([vr.UI, vr.OB, vr.UN]);
const isSpacePadded = (code: number) => !nulPadded.has(code);
