import { at } from '../../dicom/elementIndex.ts';
import type { DicomFile } from '../../dicom/readDicom.ts';
import { limits } from '../../policy/limits.ts';
import { literalStart, outgrown } from './literals.ts';
import { type EditPlan, isRemoved } from './planEdits.ts';

/** What edits do to lengths. */
export interface MeasuredEdits {
  /** Length of the output up to the value of Pixel Data. */
  headBytes: number;
  /** By position in the index: by how many bytes the element grows. */
  growth: Int32Array;
  /** By position: 1 where the element, or anything inside it, changes. */
  isTouched: Uint8Array;
}

/**
 * From the last element to the first, so that what holds others is measured after them.
 * @param metaBytes of the output
 * @throws DomainError DicomHeadTooLarge
 */
export function measureEdits({ meta, head, index }: DicomFile, plan: EditPlan, metaBytes: number): MeasuredEdits {
  const { literals } = plan;
  const growth = new Int32Array(index.count);
  const isTouched = new Uint8Array(index.count);
  let headBytes = metaBytes + head.length - meta.end;
  for (const { bytes } of plan.insertions) headBytes += bytes.length;
  let literal = literals.count - 1;
  for (let node = index.count - 1; node >= 0; node -= 1) {
    if (literal >= 0 && at(literals.node, literal) === node) {
      note(node, at(literals.end, literal) - literalStart(literals, literal));
      literal -= 1;
    } else if (isRemoved(plan, node)) note(node, 0);
    if (isTouched[node] === 1) passOn(node);
  }
  if (headBytes > limits.dicomHeadBytes) throw outgrown(`it would become more than ${limits.dicomHeadBytes} bytes`);
  return { headBytes, growth, isTouched };

  /** The element is replaced by so many bytes. */
  function note(node: number, bytes: number): void {
    growth[node] = bytes - (at(index.end, node) - at(index.start, node));
    isTouched[node] = 1;
  }

  function passOn(node: number): void {
    const parent = at(index.parent, node);
    if (parent < 0) {
      headBytes += at(growth, node);
      return;
    }
    growth[parent] = at(growth, parent) + at(growth, node);
    isTouched[parent] = 1;
  }
}
