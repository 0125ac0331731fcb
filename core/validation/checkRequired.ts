import { at } from '../dicom/elementIndex.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { findElement } from '../dicom/readText.ts';
import { isEmptyElement } from './isEmptyElement.ts';
import type { AddFinding, Nonconformity } from './Nonconformity.ts';
import { type Requirement, requirementsOf } from './requirementsOf.ts';

/** What can be found here. */
export const requiredCodes = ['AttributeMissing', 'AttributeEmpty'] as const;

/**
 * Checks that what the IOD requires is there (PS3.3): every attribute of Type 1, with a value, and of Type 2, of the
 * mandatory modules at the top level.
 * @returns false when there is no table for the SOP class
 */
export function checkRequired(
  file: DicomFile,
  sopClass: string,
  add: AddFinding<(typeof requiredCodes)[number]>,
): boolean {
  const required = requirementsOf(sopClass);
  if (required === undefined) return false;
  const { index } = file;
  let next = 0;
  for (let node = 0; node < index.count && next < required.length; node += 1) {
    if (at(index.parent, node) === -1) next = checkUpTo(node, next);
  }
  const last = at(index.start, index.count - 1);
  for (const due of required.slice(next)) noteMissing(file, { ...due, offset: last }, add);
  return true;

  /** What was due before this element is missing; what is this element must have a value. Answers what is due next. */
  function checkUpTo(node: number, from: number): number {
    let position = from;
    const tag = at(index.tag, node);
    for (let due = required?.[position]; due !== undefined && due.tag <= tag; due = required?.[position]) {
      if (due.tag < tag) noteMissing(file, { ...due, offset: at(index.start, node) }, add);
      else if (due.type === 1 && isEmptyElement(file, node)) add(emptyValue(due, at(index.start, node)));
      position += 1;
    }
    return position;
  }
}

/** What is missing, and where it would have come: at the next element, or at the last one. */
type Missing = Requirement & { offset: number };

/** A search of its own: elements of a file may be out of order. */
function noteMissing(
  { index }: DicomFile,
  { tag, type, module, offset }: Missing,
  add: AddFinding<(typeof requiredCodes)[number]>,
): void {
  if (findElement(index, tag) !== undefined) return;
  const message = `It is missing, but of Type ${type} in the module ${module}`;
  add({ code: 'AttributeMissing', message, place: { offset, tag } });
}

const emptyValue = ({ tag, module }: Requirement, offset: number): Nonconformity<'AttributeEmpty'> => ({
  code: 'AttributeEmpty',
  message: `It is empty, but of Type 1 in the module ${module}`,
  place: { offset, tag },
});
