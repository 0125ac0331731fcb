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
  const headerBytes = headerBytesOf(code, form);
  const element = new Uint8Array(headerBytes + length);
  writeHeader(element, { tag, vr: code, length }, form);
  element.set(value, headerBytes);
  if (length > value.length && isSpacePadded(code)) element[element.length - 1] = 0x20;
  return element;
}

/** The bytes of an element before its value. `length` may be 0xFFFFFFFF where the VR has a 32-bit length. */
export function encodeHeader(of: Header, form: ElementForm): Uint8Array {
  const header = new Uint8Array(headerBytesOf(of.vr, form));
  writeHeader(header, of, form);
  return header;
}

interface Header {
  tag: number;
  vr: number;
  length: number;
}

const headerBytesOf = (code: number, { explicit }: ElementForm) =>
  explicit && explicitHeaderBytes(code) === 12 ? 12 : 8;

function writeHeader(to: Uint8Array, { tag, vr: code, length }: Header, form: ElementForm): void {
  write16(to, 0, tag >>> 16, form);
  write16(to, 2, tag & 0xffff, form);
  if (!form.explicit) {
    write32(to, 4, length, form);
    return;
  }
  to[4] = code >>> 8;
  to[5] = code & 0xff;
  if (headerBytesOf(code, form) === 12) write32(to, 8, length, form);
  else if (length <= 0xfffe) write16(to, 6, length, form);
  else throw dicomFault('DicomValueTooLong', 'its new value exceeds a 16-bit length', { offset: 0, tag });
}

function write16(to: Uint8Array, at: number, value: number, { bigEndian }: ElementForm): void {
  to[at] = bigEndian ? value >>> 8 : value & 0xff;
  to[at + 1] = bigEndian ? value & 0xff : value >>> 8;
}

function write32(to: Uint8Array, at: number, value: number, form: ElementForm): void {
  write16(to, at, form.bigEndian ? value >>> 16 : value & 0xffff, form);
  write16(to, at + 2, form.bigEndian ? value & 0xffff : value >>> 16, form);
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
