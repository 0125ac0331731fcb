import { at, type ElementIndex, flag, isContainer, nextAfter, valueEnd } from '../../dicom/elementIndex.ts';
import { encodeElement } from '../../dicom/encodeElement.ts';
import { lookUpVr } from '../../dicom/lookUpVr.ts';
import type { DicomFile } from '../../dicom/readDicom.ts';
import { valueText } from '../../dicom/readText.ts';
import { isTextVr, vr } from '../../dicom/vr.ts';
import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { contentDecisions, textValue } from '../rules/contentDecisions.ts';
import {
  type Decision,
  type DecisionPolicy,
  decideElement,
  isClassUid,
  overlayVr,
  type Surroundings,
} from '../rules/decideElement.ts';
import { visibleText } from '../text/visibleText.ts';
import { isFalseNumber } from './isFalseNumber.ts';
import { isCodePart, isPublicCode } from './isPublicCode.ts';
import { addLiteral, createLiterals, type Literals } from './literals.ts';
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
  /** By position in the index: a number of elementActions; items have none but `removed`. */
  action: Uint8Array;
  /** By position: a number of ruleNames. */
  rule: Uint8Array;
  ruleNames: string[];
  /** New bytes, with header, of elements that change. */
  literals: Literals;
  /** New elements of the top level that the file lacks, ascending. */
  insertions: Array<{ tag: number; bytes: Uint8Array }>;
}

export interface EditContext extends DecisionPolicy, ValueContext {
  deid: ProjectPolicy['deid'];
  /** VR by position of private elements that may stay; undefined where none may. */
  safePrivate: Uint16Array | undefined;
  /** Elements that every output has at the top level, whatever was there; ascending by tag. */
  stamps: ReadonlyMap<number, Uint8Array>;
}

/** True for what is gone with all that it holds. */
export const isRemoved = (plan: EditPlan, node: number): boolean => plan.action[node] === code.removed;

const surroundings: readonly Surroundings[] = ['plain', 'dummy', 'clean'];

/** Decides on every element of a file, iteratively and in the order of its bytes. */
export function planEdits({ head, index }: Pick<DicomFile, 'head' | 'index'>, context: EditContext): EditPlan {
  const plan: EditPlan = {
    action: new Uint8Array(index.count),
    rule: new Uint8Array(index.count),
    ruleNames: [],
    literals: createLiterals(),
    insertions: [],
  };
  /** By position, a number of `surroundings`. */
  const inside = new Uint8Array(index.count);
  const content = contentDecisions({ head, index }, context.deid);
  const missing = new Map(context.stamps);
  let settledUntil = 0;
  for (let node = 0; node < index.count; node += 1) {
    if (at(index.start, node) < settledUntil) continue;
    const parent = at(index.parent, node);
    inside[node] = parent < 0 ? 0 : (inside[parent] ?? 0);
    const goesIn = at(index.vr, node) === 0 ? !isItemRemoved(node) : !isStamped(node) && decideNode(node);
    if (!goesIn) settledUntil = at(index.end, node);
  }
  for (const [tag, bytes] of missing) plan.insertions.push({ tag, bytes });
  return plan;

  function isItemRemoved(item: number): boolean {
    const decision = content.of(item)?.item;
    if (decision?.effect !== 'remove') return false;
    note(plan, item, 'removed', decision.rule);
    return true;
  }

  /** True when the decision goes on into the items of a sequence. */
  function decideNode(node: number): boolean {
    const tag = at(index.tag, node);
    const target = { head, index, node, tag, known: lookUpVr(tag) };
    const decision = decideTarget(target);
    const cleans = decision.cleansContent === true || (inside[node] === 2 && decision.effect === 'keep');
    const isEmptied = cleans && removesAllItems(node);
    if (isEmptied || !goesOn(index, node, decision)) {
      settle(plan, target, isEmptied ? emptiedContent : decision, context);
      return false;
    }
    if (cleans) inside[node] = 2;
    else if (decision.effect === 'dummy') inside[node] = 1;
    note(plan, node, 'kept', decision.rule);
    return true;
  }

  function isStamped(node: number): boolean {
    const tag = at(index.tag, node);
    const stamp = at(index.parent, node) === -1 ? missing.get(tag) : undefined;
    if (stamp === undefined) return false;
    missing.delete(tag);
    addLiteral(plan.literals, node, stamp);
    note(plan, node, 'changed', stampRule);
    return true;
  }

  function decideTarget(target: Target): Decision {
    const { node, tag } = target;
    const ofItem = tag === textValue ? content.of(at(index.parent, node))?.text : undefined;
    return ofItem ?? decideInContext(target, context, surroundings[inside[node] ?? 0]);
  }

  /** Decides on the content items of a sequence; true when none of them stays, because no sequence may stay empty. */
  function removesAllItems(sequence: number): boolean {
    if (!context.deid.cleanStructuredContent) return false;
    let stays = 0;
    let items = 0;
    for (let item = sequence + 1; at(index.parent, item) === sequence; item = nextAfter(index, item)) {
      items += 1;
      if (content.decide(item).item.effect !== 'remove') stays += 1;
    }
    return items > 0 && stays === 0;
  }
}

export const stampRule = 'written into every output';
const emptiedContent: Decision = { effect: 'remove', fallback: 'remove', rule: 'no content item may stay (E.3.4-1)' };

interface Target {
  head: Uint8Array;
  index: ElementIndex;
  node: number;
  tag: number;
  /** VR that the dictionary gives. */
  known: number | undefined;
}

function decideInContext(target: Target, context: EditContext, inside: Surroundings = 'plain'): Decision {
  const { index, node, tag, known } = target;
  const decision = decideElement(
    {
      tag,
      known,
      vr: at(index.vr, node),
      isTopLevel: at(index.parent, node) === -1,
      isSequence: isContainer(index, node),
      isEmpty: at(index.value, node) === at(index.end, node),
      inside,
      safePrivateVr: context.safePrivate === undefined ? 0 : at(context.safePrivate, node),
    },
    context,
  );
  const isCode = decision.effect === 'clean' && inside === 'clean' && isCodePart(tag);
  return isCode && isPublicCode(target) ? publicCode : decision;
}

const publicCode: Decision = { effect: 'keep', fallback: 'dummy', rule: 'code of a published scheme' };

/** A sequence goes on into its items unless it is removed or emptied as a whole. */
function goesOn(index: ElementIndex, node: number, { effect }: Decision): boolean {
  return isContainer(index, node) && effect !== 'remove' && effect !== 'empty';
}

const falseNumber: Decision = { effect: 'dummy', fallback: 'dummy', rule: 'words where a number is due' };
/** Names what becomes of a text that is cut at its end: what stands before it goes on. */
export const cutRule = 'bytes behind the end of a text';
const hiddenText: Decision = { effect: 'cut', fallback: 'dummy', rule: cutRule };

/** What becomes of a value that is to be kept and is not only what it is to be. */
function faultOfKept(target: Target, code: number): Decision | undefined {
  if (isFalseNumber(target, code)) return falseNumber;
  return hidesText(target) ? hiddenText : undefined;
}

/** True for a text that goes on behind a NUL: many readers stop there, and writers leave there what they had before. */
function hidesText({ head, index, node, known = at(index.vr, node) }: Target): boolean {
  if (!isTextVr(known)) return false;
  if (!head.subarray(at(index.value, node), valueEnd(index, node)).includes(0)) return false;
  const text = valueText(head, index, node);
  return visibleText(known, text) !== text;
}

/** Decides on an element without items to go into. */
function settle(plan: EditPlan, target: Target, decided: Decision, context: EditContext): void {
  const { index, node, tag } = target;
  const code = vrOf(target, context);
  const decision = decided.effect === 'keep' ? (faultOfKept(target, code) ?? decided) : decided;
  const value = decision.effect === 'keep' ? 'same' : decideValue(target, decision, code, context);
  if (value === 'same' || value === 'gone') {
    note(plan, node, value === 'same' ? 'kept' : 'removed', decision.rule);
    return;
  }
  const flags = at(index.flags, node);
  const form = { explicit: (flags & flag.explicit) !== 0, bigEndian: (flags & flag.bigEndian) !== 0 };
  const holdsWords = decision.effect === 'clean' || decision.effect === 'cut';
  addLiteral(plan.literals, node, encodeElement({ tag, vr: code, value }, form), holdsWords);
  note(plan, node, value.length === 0 ? 'emptied' : 'changed', decision.rule);
}

function decideValue(
  { head, index, node, tag }: Target,
  decision: Decision,
  code: number,
  context: EditContext,
): NewValue {
  if (decision.effect === 'remove') return 'gone';
  if (at(index.value, node) === valueEnd(index, node)) return 'same';
  const text = () => valueText(head, index, node);
  if (decision.effect === 'mapUids' && isClassUid(tag) && /^[0-9.\\ \0]*$/.test(text())) return 'same';
  // A sequence that holds nothing to go into cannot hold a dummy either
  if (code === vr.SQ) return decision.effect === 'empty' ? new Uint8Array(0) : 'gone';
  return newValue(decision, { vr: code, text }, context);
}

/** The VR that the dictionary or the table of safe private elements gives; else the one in the file. */
function vrOf({ index, node, tag, known = overlayVr(tag) }: Target, { safePrivate }: EditContext): number {
  if (known !== undefined) return known;
  const safe = safePrivate === undefined ? 0 : at(safePrivate, node);
  return safe === 0 ? at(index.vr, node) : safe;
}

function note(plan: EditPlan, node: number, action: ElementAction, rule: string): void {
  plan.action[node] = code[action];
  let number = plan.ruleNames.indexOf(rule);
  if (number < 0) number = plan.ruleNames.push(rule) - 1;
  plan.rule[node] = number;
}
