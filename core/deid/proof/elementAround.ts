import { at, type ElementIndex, flag, valueEnd } from '../../dicom/elementIndex.ts';
import { lookUpVr } from '../../dicom/lookUpVr.ts';
import { explicitHeaderBytes, isTextVr, vr } from '../../dicom/vr.ts';
import { unreadableAt } from '../text/unreadableAt.ts';
import type { CountSteps } from './searchSteps.ts';

/** A range of the output that holds bytes of the input. */
export interface Stretch {
  bytes: Uint8Array;
  start: number;
  end: number;
  index: ElementIndex;
  /** How much further on a position is in the input, where bytes of it are copied. */
  shift: number;
  /** The element of which it was made; -1 where it is copied. */
  node: number;
  count: CountSteps;
  /** The element that was last asked for it: a value with many matches is gone over once. */
  lastRead?: { node: number; isReadable: boolean };
}

/** An element of the input that holds a match. */
export interface Described {
  tag: number;
  vr: number;
  offset: number;
  /** True where the match is one whole value of it. */
  isValue: boolean;
  /** True where its bytes are such as texts have, whatever its VR. */
  isReadable: boolean;
}

/** Where the value around a position of the output begins and ends there: the bytes beside it are no text. */
export function valueAround({ bytes, start, end, index, shift, node: made }: Stretch, position: number) {
  if (made >= 0) {
    const isExplicit = (at(index.flags, made) & flag.explicit) !== 0;
    const code = ((bytes[start + 4] ?? 0) << 8) | (bytes[start + 5] ?? 0);
    return { start: start + (isExplicit ? explicitHeaderBytes(code) : 8), end };
  }
  const node = nodeAround(index, position + shift);
  return {
    start: Math.max(start, at(index.value, node) - shift),
    end: Math.min(end, valueEnd(index, node) - shift),
  };
}

/** The element of the input that a match belongs to: it stands there where the new bytes were made of one. */
export function elementAround(stretch: Stretch, from: number, to: number): Described {
  const { index, shift } = stretch;
  const node = stretch.node >= 0 ? stretch.node : nodeAround(index, from + shift);
  const tag = at(index.tag, node);
  const [offset, isValue] =
    stretch.node >= 0 ? [at(index.start, node), false] : [from + shift, isWholeValue(stretch, node, { from, to })];
  const code = vrOf(stretch, node, tag);
  return { tag, vr: code, offset, isValue, isReadable: isTextVr(code) || isReadable(stretch, node) };
}

/** True for what backslashes, padding or the ends of the element part from everything else in it. */
function isWholeValue({ bytes, index, shift }: Stretch, node: number, { from, to }: { from: number; to: number }) {
  const parts = (position: number) => [0x5c, 0x20, 0].includes(bytes[position] ?? 0);
  const startsValue = from + shift === at(index.value, node) || parts(from - 1);
  return startsValue && (to + shift === at(index.end, node) || parts(to));
}

/** What is written as text is text, whatever the dictionary says; private elements of implicit VR have no VR. */
function vrOf(stretch: Stretch, node: number, tag: number): number {
  const written = at(stretch.index.vr, node);
  const known = lookUpVr(tag) ?? written;
  if (!isTextVr(known) && isTextVr(written)) return written;
  return known === vr.UN && isReadable(stretch, node) ? vr.LO : known;
}

/** True for a value in which every byte can be one of a text. */
function isReadable(stretch: Stretch, node: number): boolean {
  const { bytes, index, shift, node: made, lastRead } = stretch;
  if (made >= 0) return false;
  if (lastRead?.node === node) return lastRead.isReadable;
  const [from, to] = [at(index.value, node) - shift, at(index.end, node) - shift];
  const end = unreadableAt(bytes, from, to);
  stretch.count((end < 0 ? to : end) - from);
  stretch.lastRead = { node, isReadable: end < 0 };
  return end < 0;
}

/** The last element of the input that starts at or before an offset. */
function nodeAround(index: ElementIndex, offset: number): number {
  let low = 0;
  let high = index.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (at(index.start, middle) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
