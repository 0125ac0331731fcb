import { lookUpVr } from '../dicom/lookUpVr.ts';
import { isTextVr, vr, vrCode } from '../dicom/vr.ts';
import type { ProfileRule } from './profileRules.ts';

/** What becomes of one element, before its value is looked at. */
export interface Decision {
  effect: 'keep' | 'remove' | 'empty' | 'dummy' | 'mapUids' | 'date' | 'age';
  /** What a `date` becomes when it is none. */
  fallback: 'remove' | 'empty' | 'dummy';
  /** Names the rule for people. */
  rule: string;
}

interface ElementContext {
  tag: number;
  /** As written in the file. */
  vr: number;
  isTopLevel: boolean;
  isSequence: boolean;
  isEmpty: boolean;
  /** Inside a sequence whose whole content becomes dummies. */
  isInDummy: boolean;
}

export interface DecisionPolicy {
  rules: ReadonlyMap<number, ProfileRule>;
  dates: 'remove' | 'shift' | 'retain';
  retainUids: boolean;
}

const decide = (effect: Decision['effect'], rule: string, fallback: Decision['fallback'] = 'dummy'): Decision => ({
  effect,
  rule,
  fallback,
});

const removals = {
  private: decide('remove', 'private attributes (E.1-1)'),
  groupLength: decide('remove', 'group length: retired'),
  curve: decide('remove', 'curve data (E.1-1)'),
  overlay: decide('remove', 'overlay data (E.1-1) with its description'),
  foreignGroup: decide('remove', 'group does not belong in a data set'),
  unknown: decide('remove', 'not in PS3.6'),
  opaqueSequence: decide('remove', 'a sequence that cannot be read'),
  nestedPixels: decide('remove', 'pixel data inside a sequence'),
} as const;

const keep = decide('keep', 'not identifying (PS3.15)');
const keepPixels = decide('keep', 'pixel data');
const dummyContent = decide('dummy', 'content of a replaced sequence');
const netName = decide('dummy', 'person name by VR');
const netUid = decide('mapUids', 'UID by VR');
const netDate = decide('date', 'date or time by VR');
const netDateDummy = decide('dummy', 'date or time by VR');

/**
 * Texts and references that Table E.1-1 does not list and that yet tell or break something: document title, text of
 * content items and annotations, descriptions of private elements that are gone, a length that changes.
 */
const ownRules = new Map<number, Decision>([
  [0x00420010, decide('empty', 'document title')],
  [0x0040a160, decide('dummy', 'text value')],
  [0x00700006, decide('dummy', 'unformatted text value')],
  [0x00400031, decide('dummy', 'names the issuer of an identifier')],
  [0x00400032, decide('dummy', 'names the issuer of an identifier')],
  [0x00400400, decide('remove', 'comments on the scheduled procedure step')],
  [0x00080300, decide('remove', 'describes private attributes')],
  [0x00080001, decide('remove', 'length to end: retired')],
]);

/** UIDs that name classes, syntaxes and coding schemes, not instances: kept where they have the form of a UID. */
const classUids = new Set([
  0x00080016, 0x0008001a, 0x0008001b, 0x00080062, 0x0008010c, 0x0008010d, 0x00080117, 0x00080118, 0x0008040e,
  0x00081150, 0x0008115a, 0x00083002, 0x00340003, 0x04000010, 0x04000510, 0x30100052, 0x30100053,
]);

/** True for a UID whose value is the same in every file of its kind. */
export const isClassUid = (tag: number): boolean => classUids.has(tag);

const patientAge = 0x00101010;
const coarseVrs = new Set<number>([vr.CS, vr.DS, vr.IS]);

/**
 * Decides by the profile first, then by what the element is: what PS3.6 does not know is removed, names, dates and
 * instance UIDs that the table misses are found by their VR (PS3.15 §E.1.1 note), and the rest is kept.
 */
export function decideElement(element: ElementContext, policy: DecisionPolicy): Decision {
  const known = lookUpVr(element.tag);
  const removal = removalOf(element, known);
  if (removal !== undefined) return removal;
  if (element.tag >>> 16 === 0x7fe0) return element.isTopLevel ? keepPixels : removals.nestedPixels;
  const rule = policy.rules.get(element.tag);
  const decision = (rule && ofRule(element, rule)) ?? ownRules.get(element.tag) ?? byVr(element, policy);
  return decision.effect === 'keep' && element.isInDummy ? ofDummyContent(element, known ?? element.vr) : decision;
}

function removalOf({ tag, isSequence, isEmpty }: ElementContext, known: number | undefined): Decision | undefined {
  const group = tag >>> 16;
  if (group % 2 === 1) return removals.private;
  if ((tag & 0xffff) === 0) return removals.groupLength;
  if (group >>> 8 === 0x50) return removals.curve;
  if (group >>> 8 === 0x60) return removals.overlay;
  if (group < 8) return removals.foreignGroup;
  if (known === undefined) return removals.unknown;
  return known === vr.SQ && !isSequence && !isEmpty ? removals.opaqueSequence : undefined;
}

const byLetter = {
  X: decide('remove', 'E.1-1 X'),
  Z: decide('empty', 'E.1-1 Z'),
  D: decide('dummy', 'E.1-1 D'),
  U: decide('mapUids', 'E.1-1 U'),
  K: decide('keep', 'retained by option'),
} as const;
const keepAge = decide('age', 'retained by option, 90 and above as 90');
const dated = {
  X: decide('date', 'dates option', 'remove'),
  Z: decide('date', 'dates option', 'empty'),
  D: decide('date', 'dates option', 'dummy'),
} as const;

function ofRule({ tag, isTopLevel }: ElementContext, rule: ProfileRule): Decision {
  const { isDated } = rule;
  const action = isTopLevel ? rule.action : rule.nestedAction;
  if (isDated && action !== 'U' && action !== 'K') return dated[action];
  return action === 'K' && tag === patientAge ? keepAge : byLetter[action];
}

function byVr({ tag, vr: written }: ElementContext, policy: DecisionPolicy): Decision {
  const known = lookUpVr(tag);
  const is = (code: number) => known === code || written === code;
  if (is(vr.PN)) return netName;
  if (is(vr.DA) || is(vr.DT) || is(vr.TM)) return policy.dates === 'remove' ? netDateDummy : netDate;
  if (is(vr.UI) && !policy.retainUids) return netUid;
  return keep;
}

/** Codes of meaning stay so that the structure stays readable; whatever can hold words or bytes becomes a dummy. */
function ofDummyContent({ isSequence }: ElementContext, code: number): Decision {
  if (isSequence || coarseVrs.has(code)) return keep;
  return isTextVr(code) || opaque.has(code) ? dummyContent : keep;
}

const opaque = new Set<number>(['OB', 'OW', 'OF', 'OD', 'OL', 'OV', 'UN'].map(vrCode));
