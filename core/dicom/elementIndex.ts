import { limits } from '../policy/limits.ts';
import { dicomFault } from './dicomFault.ts';

/** Tags that structure sequences (PS3.5 §7.5). */
export const itemTag = 0xfffee000;
export const itemEndTag = 0xfffee00d;
export const sequenceEndTag = 0xfffee0dd;

/** How an element is written. */
export const flag = { explicit: 1, bigEndian: 2, undefinedLength: 4, container: 8 } as const;

/**
 * Elements and sequence items of a data set in the order of their bytes, as columns: element `i` has its header at
 * `start[i]`, its value at `value[i]`, and ends (with its delimiter, where it has one) at `end[i]`. `parent[i]` is the
 * item or sequence that holds it, -1 at the top level. Offsets count from the first byte of the file.
 */
export interface ElementIndex {
  count: number;
  tag: Uint32Array;
  vr: Uint16Array;
  flags: Uint8Array;
  start: Uint32Array;
  value: Uint32Array;
  end: Uint32Array;
  parent: Int32Array;
}

const firstCapacity = 256;

export function createElementIndex(): ElementIndex {
  return {
    count: 0,
    tag: new Uint32Array(firstCapacity),
    vr: new Uint16Array(firstCapacity),
    flags: new Uint8Array(firstCapacity),
    start: new Uint32Array(firstCapacity),
    value: new Uint32Array(firstCapacity),
    end: new Uint32Array(firstCapacity),
    parent: new Int32Array(firstCapacity),
  };
}

/** Makes room for one more. @throws DomainError DicomTooManyElements */
export function growElementIndex(index: ElementIndex, offset: number): void {
  if (index.count >= limits.dicomElements) {
    throw dicomFault('DicomTooManyElements', `more than ${limits.dicomElements} elements`, { offset });
  }
  if (index.count < index.tag.length) return;
  const capacity = index.tag.length * 2;
  index.tag = enlarge(new Uint32Array(capacity), index.tag);
  index.vr = enlarge(new Uint16Array(capacity), index.vr);
  index.flags = enlarge(new Uint8Array(capacity), index.flags);
  index.start = enlarge(new Uint32Array(capacity), index.start);
  index.value = enlarge(new Uint32Array(capacity), index.value);
  index.end = enlarge(new Uint32Array(capacity), index.end);
  index.parent = enlarge(new Int32Array(capacity), index.parent);
}

function enlarge<T extends { set(from: T): void }>(to: T, from: T): T {
  to.set(from);
  return to;
}

/** One field of one element; 0 past the end. The columns' own bounds make it so. */
export const at = (column: ArrayLike<number>, position: number): number => column[position] ?? 0;

/** Offset at which the value of an element ends, before its delimiter. */
export const valueEnd = (index: ElementIndex, i: number): number =>
  at(index.end, i) - ((at(index.flags, i) & flag.undefinedLength) === 0 ? 0 : 8);
