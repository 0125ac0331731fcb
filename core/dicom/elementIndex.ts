import { limits } from '../policy/limits.ts';
import { dicomFault } from './dicomFault.ts';
import { largerSize, releaseMemory } from './growingMemory.ts';

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
  /** All columns are parts of its memory. */
  tag: Uint32Array<ArrayBuffer>;
  vr: Uint16Array;
  flags: Uint16Array;
  start: Uint32Array;
  value: Uint32Array;
  end: Uint32Array;
  parent: Int32Array;
}

/** @param capacity so many elements have room at first */
export function createElementIndex(capacity: number): ElementIndex {
  return { count: 0, ...createColumns(capacity) };
}

/** Of one element in all columns. */
const columnsBytes = 24;

/** In one piece of memory: seven of them took a tenth of the time of a small file. */
function createColumns(capacity: number): Omit<ElementIndex, 'count'> {
  const memory = new ArrayBuffer(capacity * columnsBytes);
  return {
    tag: new Uint32Array(memory, 0, capacity),
    start: new Uint32Array(memory, capacity * 4, capacity),
    value: new Uint32Array(memory, capacity * 8, capacity),
    end: new Uint32Array(memory, capacity * 12, capacity),
    parent: new Int32Array(memory, capacity * 16, capacity),
    vr: new Uint16Array(memory, capacity * 20, capacity),
    flags: new Uint16Array(memory, capacity * 22, capacity),
  };
}

/** The memory that a copy of it takes. */
export const indexBytes = ({ count }: ElementIndex): number => count * columnsBytes;

/** In memory of its own, with no room for more. */
export function copyElementIndex(index: ElementIndex): ElementIndex {
  const { count } = index;
  const copy = createElementIndex(count);
  setColumns(copy, index, count);
  copy.count = count;
  return copy;
}

/** Makes room for one more. @throws DomainError DicomTooManyElements */
export function growElementIndex(index: ElementIndex, offset: number): void {
  if (index.count >= limits.dicomElements) {
    throw dicomFault('DicomTooManyElements', `more than ${limits.dicomElements} elements`, { offset });
  }
  if (index.count < index.tag.length) return;
  const larger = createColumns(Math.min(largerSize(index.tag.length, columnsBytes), limits.dicomElements));
  setColumns(larger, index, index.count);
  releaseMemory(index.tag);
  Object.assign(index, larger);
}

function setColumns(to: Omit<ElementIndex, 'count'>, from: Omit<ElementIndex, 'count'>, count: number): void {
  to.tag.set(from.tag.subarray(0, count));
  to.start.set(from.start.subarray(0, count));
  to.value.set(from.value.subarray(0, count));
  to.end.set(from.end.subarray(0, count));
  to.parent.set(from.parent.subarray(0, count));
  to.vr.set(from.vr.subarray(0, count));
  to.flags.set(from.flags.subarray(0, count));
}

/**
 * One field of one element; 0 past the end. The columns' own bounds make it so. Of three kinds of columns V8 knows how
 * to read each at once; were bytes read by it too, it would look up the kind at every call.
 */
export const at = (column: Uint32Array | Int32Array | Uint16Array, position: number): number => column[position] ?? 0;

/** True for what holds items or elements, as a rule. */
export const isContainer = ({ flags }: ElementIndex, node: number): boolean => (at(flags, node) & flag.container) !== 0;

/** Position of what follows an element or item and all that it holds; `count` at the end. */
export function nextAfter(index: ElementIndex, node: number): number {
  if (!isContainer(index, node)) return node + 1;
  const end = at(index.end, node);
  let low = node + 1;
  let high = index.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(index.start, middle) < end) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Offset at which the value of an element ends, before its delimiter. */
export const valueEnd = (index: ElementIndex, i: number): number =>
  at(index.end, i) - ((at(index.flags, i) & flag.undefinedLength) === 0 ? 0 : 8);
