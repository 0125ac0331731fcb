import { limits } from '../policy/limits.ts';
import type { ByteRange } from '../submission/ports.ts';
import { bytesToText } from './bytesToText.ts';
import { dicomFault } from './dicomFault.ts';
import { at, type ElementIndex, flag, nextAfter, valueEnd } from './elementIndex.ts';
import { lookUpVr } from './lookUpVr.ts';
import { readShort } from './readShort.ts';
import { vr } from './vr.ts';

/** Position of a top-level element in the index; undefined when it is absent. */
export function findElement(index: ElementIndex, tag: number): number | undefined {
  const { count, tag: tags, flags } = index;
  // most files have a few hundred elements, and each is looked for by its tag some sixty times
  for (let node = 0; node < count; node += 1) {
    if (tags[node] === tag) return node;
    if (((flags[node] ?? 0) & flag.container) !== 0) node = nextAfter(index, node) - 1;
  }
  return undefined;
}

/** The value of an element as text without padding; '' when it has none. @throws DomainError DicomTextTooLong */
export function valueText(bytes: Uint8Array, index: ElementIndex, node: number): string {
  const { start, end } = textRange(bytes, index, node);
  if (end - start > limits.dicomTextBytes) throw tooLong(index, node);
  return bytesToText(bytes, start, end);
}

/** Where the value of an element lies without padding. */
export function textRange(bytes: Uint8Array, index: ElementIndex, node: number): ByteRange {
  let start = at(index.value, node);
  let end = valueEnd(index, node);
  // PS3.5 §6.2: NUL pads UI, spaces pad the rest; leading spaces of identifiers do not count either
  while (start < end && bytes[start] === 0x20) start += 1;
  while (start < end && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end -= 1;
  return { start, end };
}

function tooLong(index: ElementIndex, node: number) {
  const why = `its text is longer than ${limits.dicomTextBytes} bytes`;
  return dicomFault('DicomTextTooLong', why, { offset: at(index.start, node), tag: at(index.tag, node) });
}

/** Position of an element directly inside an item. */
export function childOf(index: ElementIndex, item: number, tag: number): number | undefined {
  const end = nextAfter(index, item);
  for (let node = item + 1; node < end; node = nextAfter(index, node)) if (at(index.tag, node) === tag) return node;
  return undefined;
}

/** Text of a top-level element; undefined when it is absent or empty. */
export function readText(bytes: Uint8Array, index: ElementIndex, tag: number): string | undefined {
  const node = findElement(index, tag);
  const text = node === undefined ? '' : valueText(bytes, index, node);
  return text === '' ? undefined : text;
}

/** First number of a top-level element of VR US, or of IS and DS as text; undefined when it has none. */
export function readNumber(file: { head: Uint8Array; index: ElementIndex }, tag: number): number | undefined {
  const { head, index } = file;
  const node = findElement(index, tag);
  if (node === undefined) return undefined;
  if (lookUpVr(tag) === vr.US) return readShort(head, index, node);
  const [text = ''] = valueText(head, index, node).split('\\');
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
}
