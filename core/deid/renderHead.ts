import { at, type ElementIndex, flag, valueEnd } from '../dicom/elementIndex.ts';
import { encodeHeader } from '../dicom/encodeElement.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { type EditPlan, elementActions } from './planEdits.ts';

/** A stretch of the output: bytes of the input, or new ones. All have one form: they are made and read in thousands. */
interface Piece {
  length: number;
  /** Where the bytes of the input start; -1 for new ones. */
  from: number;
  literal: Uint8Array | undefined;
  /** The element whose words the new bytes hold; -1 where they hold labels, keyed values and constants only. */
  node: number;
}

const copied = (from: number, length: number): Piece => ({ length, from, literal: undefined, node: -1 });
const made = (literal: Uint8Array, node = -1): Piece => ({ length: literal.length, from: -1, literal, node });

/** The planned output up to the value of Pixel Data. */
export interface RenderedHead {
  bytes: Uint8Array;
  pieces: readonly Piece[];
}

/**
 * Splices kept ranges of the input and new elements into one head. The lengths of sequences and items around a change
 * are recomputed from the innermost out; delimited ones keep their delimiters. Untouched ranges are copied as they are.
 */
export function renderHead({ head, index }: DicomFile, plan: EditPlan, meta: Uint8Array): RenderedHead {
  const pieces: Piece[] = [made(meta)];
  const { growth, isTouched } = measureEdits(index, plan);
  const open: number[] = [];
  const insertions = [...plan.insertions];
  let settledUntil = 0;

  for (let node = 0; node < index.count; node += 1) {
    if (at(index.start, node) < settledUntil) continue;
    closeUpTo(at(index.parent, node));
    if (open.length === 0) insertBefore(at(index.tag, node));
    if (isTouched[node] === 1 && isOpened(node)) {
      openContainer(node);
      continue;
    }
    settledUntil = at(index.end, node);
    const literal = plan.literals.get(node);
    if (literal !== undefined) pieces.push(made(literal, plan.cleaned.has(node) ? node : -1));
    else if (!isRemoved(plan, node)) copy(at(index.start, node), settledUntil);
  }
  closeUpTo(-1);
  insertBefore(Infinity);
  return { bytes: joinPieces(head, pieces), pieces };

  function isOpened(node: number): boolean {
    return (at(index.flags, node) & flag.container) !== 0 && !plan.literals.has(node) && !isRemoved(plan, node);
  }

  function insertBefore(tag: number): void {
    for (let next = insertions[0]; next !== undefined && next.tag < tag; next = insertions[0]) {
      pieces.push(made(next.bytes));
      insertions.shift();
    }
  }

  function openContainer(node: number): void {
    open.push(node);
    const start = at(index.start, node);
    const value = at(index.value, node);
    const flags = at(index.flags, node);
    if ((flags & flag.undefinedLength) !== 0 || growth[node] === 0) {
      copy(start, value);
      return;
    }
    const length = valueEnd(index, node) - value + (growth[node] ?? 0);
    const form = {
      explicit: (flags & flag.explicit) !== 0 && at(index.vr, node) !== 0,
      bigEndian: (flags & flag.bigEndian) !== 0,
    };
    pieces.push(made(encodeHeader({ tag: at(index.tag, node), vr: at(index.vr, node), length }, form)));
  }

  function closeUpTo(parent: number): void {
    for (let inner = open.pop(); inner !== undefined; inner = open.pop()) {
      if (inner === parent) {
        open.push(inner);
        return;
      }
      copy(valueEnd(index, inner), at(index.end, inner));
    }
  }

  function copy(from: number, to: number): void {
    if (from === to) return;
    const last = pieces.at(-1);
    if (last !== undefined && last.from >= 0 && last.from + last.length === from) last.length += to - from;
    else pieces.push(copied(from, to - from));
  }
}

/** By how many bytes each value grows, and whether anything inside it changes: from the last element to the first. */
function measureEdits(index: ElementIndex, plan: EditPlan): { growth: Float64Array; isTouched: Uint8Array } {
  const growth = new Float64Array(index.count);
  const isTouched = new Uint8Array(index.count);
  for (let node = index.count - 1; node >= 0; node -= 1) {
    const literal = plan.literals.get(node);
    const isGone = isRemoved(plan, node);
    if (literal !== undefined || isGone) {
      growth[node] = (literal?.length ?? 0) - (at(index.end, node) - at(index.start, node));
      isTouched[node] = 1;
    }
    const parent = at(index.parent, node);
    if (parent < 0 || isTouched[node] === 0) continue;
    growth[parent] = (growth[parent] ?? 0) + (growth[node] ?? 0);
    isTouched[parent] = 1;
  }
  return { growth, isTouched };
}

const isRemoved = (plan: EditPlan, node: number) => elementActions[plan.action[node] ?? 0] === 'removed';

function joinPieces(head: Uint8Array, pieces: readonly Piece[]): Uint8Array {
  let total = 0;
  for (const { length } of pieces) total += length;
  const bytes = new Uint8Array(total);
  let position = 0;
  for (const { literal, from, length } of pieces) {
    bytes.set(literal ?? head.subarray(from, from + length), position);
    position += length;
  }
  return bytes;
}
