import { at, flag, valueEnd } from '../../dicom/elementIndex.ts';
import { encodeHeader } from '../../dicom/encodeElement.ts';
import type { DicomFile } from '../../dicom/readDicom.ts';
import { literalBytes } from './literals.ts';
import type { MeasuredEdits } from './measureEdits.ts';
import { type Piece, pieceWriter } from './pieceWriter.ts';
import { type EditPlan, isRemoved } from './planEdits.ts';

/**
 * Splices kept ranges of the input and new elements into one head. The lengths of sequences and items around a change
 * are recomputed; delimited ones keep their delimiters. Untouched ranges are copied as they are. Each piece is shown
 * when it has been written.
 */
export function renderHead(
  { head, index }: DicomFile,
  plan: EditPlan,
  { meta, growth, isTouched, headBytes }: MeasuredEdits & { meta: Uint8Array },
  show: (bytes: Uint8Array, piece: Piece) => void,
): Uint8Array {
  const { literals } = plan;
  const bytes = new Uint8Array(headBytes);
  const output = pieceWriter(head, bytes, (piece) => show(bytes, piece));
  const open: number[] = [];
  let inserted = 0;
  let literal = 0;
  let settledUntil = 0;

  output.make(meta);
  for (let node = 0; node < index.count; node += 1) {
    if (at(index.start, node) < settledUntil) continue;
    closeUpTo(at(index.parent, node));
    if (open.length === 0) insertBefore(at(index.tag, node));
    if (isTouched[node] === 1 && isOpened(node)) {
      openContainer(node);
      continue;
    }
    settledUntil = at(index.end, node);
    if (isNew(node)) makeLiteral(node);
    else if (!isRemoved(plan, node)) output.copy(at(index.start, node), settledUntil);
  }
  closeUpTo(-1);
  insertBefore(Infinity);
  output.finish();
  return bytes;

  function isNew(node: number): boolean {
    return literal < literals.count && at(literals.node, literal) === node;
  }

  function isOpened(node: number): boolean {
    return !isNew(node) && !isRemoved(plan, node);
  }

  function makeLiteral(node: number): void {
    output.make(literalBytes(literals, literal), literals.isCleaned[literal] === 1 ? node : -1);
    literal += 1;
  }

  function insertBefore(tag: number): void {
    for (let next = plan.insertions[inserted]; next !== undefined && next.tag < tag; next = plan.insertions[inserted]) {
      output.make(next.bytes);
      inserted += 1;
    }
  }

  function openContainer(node: number): void {
    open.push(node);
    const start = at(index.start, node);
    const value = at(index.value, node);
    const flags = at(index.flags, node);
    if ((flags & flag.undefinedLength) !== 0 || growth[node] === 0) {
      output.copy(start, value);
      return;
    }
    const length = valueEnd(index, node) - value + at(growth, node);
    const form = {
      explicit: (flags & flag.explicit) !== 0 && at(index.vr, node) !== 0,
      bigEndian: (flags & flag.bigEndian) !== 0,
    };
    output.make(encodeHeader({ tag: at(index.tag, node), vr: at(index.vr, node), length }, form));
  }

  function closeUpTo(parent: number): void {
    for (let inner = open.pop(); inner !== undefined; inner = open.pop()) {
      if (inner === parent) {
        open.push(inner);
        return;
      }
      output.copy(valueEnd(index, inner), at(index.end, inner));
    }
  }
}
