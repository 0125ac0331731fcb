import { formatTag } from '../../dicom/dicomFault.ts';
import { at, type ElementIndex, nextAfter } from '../../dicom/elementIndex.ts';
import { lookUpVr } from '../../dicom/lookUpVr.ts';
import { pathReader } from '../../dicom/pathReader.ts';
import type { DicomTail } from '../../dicom/readDicom.ts';
import { vr, vrName } from '../../dicom/vr.ts';
import { type EditPlan, type ElementAction, elementActions, stampRule } from './planEdits.ts';

/** What became of one element: for people, who must see the rule, and must not see the value. */
export interface ElementChange {
  /** Like `(0040,0275)[1].(0040,0007)`: items count from 1. */
  path: string;
  vr: string;
  action: ElementAction;
  rule: string;
}

/** What the plan decided on, in the order of the file; new elements follow, and what stood behind the pixels. */
export function* listChanges(
  index: ElementIndex,
  plan: EditPlan,
  tail: DicomTail | undefined,
): Generator<ElementChange, void> {
  const pathOf = pathReader(index);
  for (let node = 0; node < index.count; node += 1) {
    const path = pathOf(node);
    const action = elementActions[plan.action[node] ?? 0];
    if (action === undefined) continue;
    const rule = plan.ruleNames[plan.rule[node] ?? 0] ?? '';
    // an item has a decision of its own where it goes
    yield { path, vr: vrName(at(index.vr, node) || vr.SQ), action, rule };
  }
  for (const { tag } of plan.insertions) {
    yield { path: formatTag(tag), vr: vrName(lookUpVr(tag) ?? 0), action: 'changed', rule: stampRule };
  }
  if (tail !== undefined) yield* removedAfterPixels(tail);
}

function* removedAfterPixels({ index, trailingBytes }: DicomTail): Generator<ElementChange, void> {
  const removed = (path: string, code: number): ElementChange => ({
    ...{ path, vr: vrName(code), action: 'removed', rule: 'after pixel data' },
  });
  for (let node = 0; node < index.count; node = nextAfter(index, node))
    yield removed(formatTag(at(index.tag, node)), at(index.vr, node));
  if (trailingBytes > 0) yield removed('trailing bytes', vr.UN);
}

/** How many elements stand behind the pixels; bytes that are none count as one. */
export function countTail({ index, trailingBytes }: DicomTail): number {
  let count = trailingBytes > 0 ? 1 : 0;
  for (let node = 0; node < index.count; node = nextAfter(index, node)) count += 1;
  return count;
}
