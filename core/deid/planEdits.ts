import { at, type ElementIndex, flag, valueEnd } from '../dicom/elementIndex.ts';
import { encodeElement } from '../dicom/encodeElement.ts';
import { lookUpVr } from '../dicom/lookUpVr.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { valueText } from '../dicom/readText.ts';
import { vr } from '../dicom/vr.ts';
import { type Decision, type DecisionPolicy, decideElement, isClassUid } from './decideElement.ts';
import { type NewValue, newValue, type ValueContext } from './newValue.ts';

export type ElementAction = 'kept' | 'changed' | 'emptied' | 'removed';

/** Element actions as they stand in EditPlan.action; 0 is an element inside something removed or replaced. */
export const elementActions: readonly (ElementAction | undefined)[] = [
  undefined,
  'kept',
  'changed',
  'emptied',
  'removed',
];
const code = { kept: 1, changed: 2, emptied: 3, removed: 4 } as const satisfies Record<ElementAction, number>;

/** What becomes of each element of an index, before a byte is written. */
export interface EditPlan {
  /** By position in the index: a number of elementActions; items have none. */
  action: Uint8Array;
  /** By position: a number of ruleNames. */
  rule: Uint8Array;
  ruleNames: string[];
  /** New bytes, with header, of elements that change. */
  literals: Map<number, Uint8Array>;
  /** New elements of the top level that the file lacks, ascending. */
  insertions: Array<{ tag: number; bytes: Uint8Array }>;
}

export interface EditContext extends DecisionPolicy, ValueContext {
  /** Elements that every output has at the top level, whatever was there; ascending by tag. */
  stamps: ReadonlyMap<number, Uint8Array>;
}

/** Decides on every element of a file, iteratively and in the order of its bytes. */
export function planEdits({ head, index }: Pick<DicomFile, 'head' | 'index'>, context: EditContext): EditPlan {
  const plan: EditPlan = {
    action: new Uint8Array(index.count),
    rule: new Uint8Array(index.count),
    ruleNames: [],
    literals: new Map(),
    insertions: [],
  };
  const isDummy = new Uint8Array(index.count);
  const missing = new Map(context.stamps);
  let settledUntil = 0;
  for (let node = 0; node < index.count; node += 1) {
    if (at(index.start, node) < settledUntil) continue;
    const parent = at(index.parent, node);
    isDummy[node] = parent < 0 ? 0 : at(isDummy, parent);
    const isItem = at(index.vr, node) === 0;
    if (!isItem && !decideNode(node)) settledUntil = at(index.end, node);
  }
  for (const [tag, bytes] of missing) plan.insertions.push({ tag, bytes });
  return plan;

  /** True when the decision goes on into the items of a sequence. */
  function decideNode(node: number): boolean {
    const tag = at(index.tag, node);
    const stamp = at(index.parent, node) === -1 ? missing.get(tag) : undefined;
    if (stamp !== undefined) {
      missing.delete(tag);
      plan.literals.set(node, stamp);
      note(plan, node, { action: 'changed', rule: stampRule });
      return false;
    }
    const decision = decideElement(contextOf(index, node, isDummy), context);
    if (!goesOn(index, node, decision)) {
      settle(plan, { head, index, node, decision }, context);
      return false;
    }
    if (decision.effect === 'dummy') isDummy[node] = 1;
    note(plan, node, { action: 'kept', rule: decision.rule });
    return true;
  }
}

export const stampRule = 'written into every output';

function contextOf({ tag, vr: codes, flags, value, end, parent }: ElementIndex, node: number, isDummy: Uint8Array) {
  return {
    tag: at(tag, node),
    vr: at(codes, node),
    isTopLevel: at(parent, node) === -1,
    isSequence: (at(flags, node) & flag.container) !== 0,
    isEmpty: at(value, node) === at(end, node),
    isInDummy: at(isDummy, node) === 1,
  };
}

/** A sequence goes on into its items unless it is removed or emptied as a whole. */
function goesOn({ flags }: ElementIndex, node: number, { effect }: Decision): boolean {
  return (at(flags, node) & flag.container) !== 0 && effect !== 'remove' && effect !== 'empty';
}

interface Target {
  head: Uint8Array;
  index: ElementIndex;
  node: number;
  decision: Decision;
}

/** Decides on an element without items to go into. */
function settle(plan: EditPlan, target: Target, context: EditContext): void {
  const { index, node, decision } = target;
  const value = decideValue(target, context);
  if (value === 'same' || value === 'gone') {
    note(plan, node, { action: value === 'same' ? 'kept' : 'removed', rule: decision.rule });
    return;
  }
  const tag = at(index.tag, node);
  const flags = at(index.flags, node);
  const form = { explicit: (flags & flag.explicit) !== 0, bigEndian: (flags & flag.bigEndian) !== 0 };
  plan.literals.set(node, encodeElement({ tag, vr: lookUpVr(tag) ?? at(index.vr, node), value }, form));
  note(plan, node, { action: value.length === 0 ? 'emptied' : 'changed', rule: decision.rule });
}

function decideValue({ head, index, node, decision }: Target, context: EditContext): NewValue {
  const isEmpty = at(index.value, node) === valueEnd(index, node);
  const tag = at(index.tag, node);
  const text = () => valueText(head, index, node);
  if (decision.effect === 'mapUids' && isClassUid(tag) && /^[0-9.\\ \0]*$/.test(text())) return 'same';
  if (isEmpty && decision.effect !== 'remove') return 'same';
  const known = lookUpVr(tag) ?? at(index.vr, node);
  // A sequence that holds nothing to go into cannot hold a dummy either
  if (known === vr.SQ && decision.effect !== 'keep') return decision.effect === 'empty' ? new Uint8Array(0) : 'gone';
  return newValue(decision, { vr: known, text }, context);
}

function note(plan: EditPlan, node: number, { action, rule }: { action: ElementAction; rule: string }): void {
  plan.action[node] = code[action];
  let number = plan.ruleNames.indexOf(rule);
  if (number < 0) number = plan.ruleNames.push(rule) - 1;
  plan.rule[node] = number;
}
