import { dicomFault } from './dicomFault.ts';
import { at, type ElementIndex, valueEnd } from './elementIndex.ts';

/**
 * Proves, apart from the scan that made them, that the element ranges cover [start, end) of the file with no gap and no
 * overlap at every level, so that copying ranges neither loses nor repeats a byte.
 * @throws DomainError DicomMalformed at the first range that does not fit
 */
export function proveTiling(index: ElementIndex, start: number, end: number): void {
  const open: number[] = [];
  let expected = start;
  for (let node = 0; node < index.count; node += 1) {
    expected = closeUpTo(at(index.parent, node), expected);
    if (at(index.start, node) !== expected) throw misfit(index, node, expected);
    const isOpen = hasChildren(index, node);
    expected = at(isOpen ? index.value : index.end, node);
    if (isOpen) open.push(node);
  }
  expected = closeUpTo(-1, expected);
  if (expected !== end) throw misfit(index, index.count - 1, expected);

  /** Each range that closes must end where its last child did; answers where the next one starts. */
  function closeUpTo(parent: number, from: number): number {
    let position = from;
    for (let inner = open.pop(); inner !== undefined; inner = open.pop()) {
      if (inner === parent) {
        open.push(inner);
        return position;
      }
      if (valueEnd(index, inner) !== position) throw misfit(index, inner, position);
      position = at(index.end, inner);
    }
    if (parent !== -1) throw misfit(index, parent, position);
    return position;
  }
}

const hasChildren = (index: ElementIndex, node: number) =>
  node + 1 < index.count && at(index.parent, node + 1) === node;

function misfit(index: ElementIndex, node: number, offset: number) {
  return dicomFault('DicomMalformed', 'element ranges do not tile the data set', { offset, tag: at(index.tag, node) });
}

/**
 * Refuses a data set in which an element occurs twice at one level: readers differ in which one they take. Needed only
 * where elements do not ascend, because neighbours are compared while scanning.
 * @throws DomainError DicomElementRepeated, DicomTooManyElements
 */
export function requireUniqueTags(index: ElementIndex): void {
  const keys = new Float64Array(index.count);
  let elements = 0;
  for (let node = 0; node < index.count; node += 1) {
    if (at(index.parent, node) + 1 >= mostParents) {
      throw dicomFault('DicomTooManyElements', 'too many unordered elements', placeAt(index, node));
    }
    if (at(index.vr, node) === 0) continue;
    keys[elements] = levelKey(index, node);
    elements += 1;
  }
  // a column that is sorted, since a set of them took 100 bytes an element
  const sorted = keys.subarray(0, elements).sort();
  const twice = sorted.find((key, i) => i > 0 && key === sorted[i - 1]);
  if (twice !== undefined) throw dicomFault('DicomElementRepeated', 'the element occurs twice', second(index, twice));
}

/** A parent below this and a tag of 32 bits make one exact number. */
const mostParents = 2 ** 21;
const levelKey = (index: ElementIndex, node: number) => (at(index.parent, node) + 1) * 2 ** 32 + at(index.tag, node);

const placeAt = (index: ElementIndex, node: number) => ({ offset: at(index.start, node), tag: at(index.tag, node) });

/** Where an element occurs again. */
function second(index: ElementIndex, key: number) {
  let isFirst = true;
  for (let node = 0; node < index.count; node += 1) {
    if (at(index.vr, node) === 0 || levelKey(index, node) !== key) continue;
    if (!isFirst) return placeAt(index, node);
    isFirst = false;
  }
  return { offset: 0 };
}
