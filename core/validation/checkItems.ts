import { formatTag } from '../dicom/dicomFault.ts';
import { at } from '../dicom/elementIndex.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { tagsOf } from '../dicom/tagsOf.ts';
import { isEmptyElement } from './isEmptyElement.ts';
import type { AddFinding } from './Nonconformity.ts';
import { requiredInItems } from './tables/requiredInItems.ts';

/** What can be found here. */
export const itemCodes = ['AttributeMissing', 'AttributeEmpty'] as const;

interface Requirement {
  tag: number;
  type: 1 | 2;
}

let table: ReadonlyMap<number, string> | undefined;

/** Attributes of Type 1, a space, attributes of Type 2: as the table has them, by sequence; read when it is needed. */
function demandsBySequence(): ReadonlyMap<number, string> {
  table ??= new Map(
    Object.entries(requiredInItems).flatMap(([demands, sequences]) =>
      tagsOf(sequences).map((sequence) => [sequence, demands] as const),
    ),
  );
  return table;
}

function requiredIn(sequence: number): Requirement[] {
  const [type1 = '', type2 = ''] = (demandsBySequence().get(sequence) ?? '').split(' ');
  return [
    ...tagsOf(type1).map((tag) => ({ tag, type: 1 as const })),
    ...tagsOf(type2).map((tag) => ({ tag, type: 2 as const })),
  ];
}

const known = new Map<number, readonly Requirement[]>();

/** What every item of a sequence must have; nothing for a sequence that the table lacks. */
function requirementsOf(sequence: number): readonly Requirement[] {
  const required = known.get(sequence);
  if (required !== undefined || !demandsBySequence().has(sequence)) return required ?? none;
  const found = requiredIn(sequence);
  known.set(sequence, found);
  return found;
}

const none: readonly Requirement[] = [];

/** An item whose elements are still coming. */
interface OpenItem {
  node: number;
  end: number;
  sequence: number;
  missing: Requirement[];
}

/**
 * Checks that the items of a sequence have what every use of that sequence in PS3.3 requires of them (Types 1 and 2),
 * at every level. What only some IODs require of a sequence, and what depends on a condition, is not checked.
 */
export function checkItems(file: DicomFile, add: AddFinding<(typeof itemCodes)[number]>): void {
  const { index } = file;
  const open: OpenItem[] = [];
  for (let node = 0; node < index.count; node += 1) {
    closeBefore(at(index.start, node));
    const parent = at(index.parent, node);
    if (at(index.vr, node) === 0) openItem(node, at(index.tag, parent));
    else if (parent === open.at(-1)?.node) meet(node, open.at(-1)?.missing ?? []);
  }
  closeBefore(Infinity);

  function openItem(node: number, sequence: number): void {
    const required = requirementsOf(sequence);
    if (required.length > 0) open.push({ node, end: at(index.end, node), sequence, missing: [...required] });
  }

  function meet(node: number, missing: Requirement[]): void {
    const tag = at(index.tag, node);
    const position = missing.findIndex((each) => each.tag === tag);
    if (position < 0) return;
    const [met] = missing.splice(position, 1);
    if (met?.type !== 1 || !isEmptyElement(file, node)) return;
    const message = `It is empty, but of Type 1 in items of ${formatTag(sequenceOf(node))}`;
    add({ code: 'AttributeEmpty', message, place: { offset: at(index.start, node), tag } });
  }

  function sequenceOf(node: number): number {
    return at(index.tag, at(index.parent, at(index.parent, node)));
  }

  function closeBefore(offset: number): void {
    for (let last = open.at(-1); last !== undefined && last.end <= offset; last = open.at(-1)) {
      open.pop();
      for (const { tag, type } of last.missing) {
        const message = `It is missing, but of Type ${type} in items of ${formatTag(last.sequence)}`;
        add({ code: 'AttributeMissing', message, place: { offset: at(index.start, last.node), tag } });
      }
    }
  }
}
