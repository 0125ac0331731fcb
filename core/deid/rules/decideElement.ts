import { isTextVr, vr, vrCode } from '../../dicom/vr.ts';
import type { ProfileRule } from './profileRules.ts';

/** What becomes of one element, before its value is looked at. */
export interface Decision {
  effect: 'keep' | 'remove' | 'empty' | 'dummy' | 'mapUids' | 'keepUids' | 'date' | 'age' | 'clean' | 'cut';
  /** What a `date` becomes when it is none, and what a `clean` becomes when no word may stay. */
  fallback: 'remove' | 'empty' | 'dummy';
  /** Names the rule for people. */
  rule: string;
  /** True for a sequence whose content is cleaned: it stays, and its free texts are cut down. */
  cleansContent?: boolean;
}

/** What the sequences around an element decided for all of their content. */
export type Surroundings = 'plain' | 'dummy' | 'clean';

interface ElementContext {
  tag: number;
  /** VR that the dictionary gives. */
  known: number | undefined;
  /** As written in the file. */
  vr: number;
  isTopLevel: boolean;
  isSequence: boolean;
  isEmpty: boolean;
  inside: Surroundings;
  /** VR of a private element that may stay; 0 for every other element. */
  safePrivateVr: number;
}

export interface DecisionPolicy {
  rules: ReadonlyMap<number, ProfileRule>;
  dates: 'remove' | 'shift' | 'retain';
  retainUids: boolean;
  retainSafePrivate: boolean;
  /** Groups (60xx) of overlays that mark regions and may stay. */
  keptOverlays: ReadonlySet<number>;
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
const keepPrivate = decide('keep', 'safe private (E.3.10-1)');
const keepOverlay = decide('keep', 'overlay that marks a region (E.3.3)');
const cleanOverlay = decide('clean', 'overlay that marks a region (E.3.3)', 'remove');
const cleanContent = decide('clean', 'text in cleaned content');
const dummyContent = decide('dummy', 'content of a replaced sequence');
const netName = decide('dummy', 'person name by VR');
const netUid = decide('mapUids', 'UID by VR');
const netDate = decide('date', 'date or time by VR');
const netDateDummy = decide('dummy', 'date or time by VR');
const netAddress = decide('dummy', 'address by VR');
const netAge = decide('age', 'age by VR, 90 and above as 90');

const removeAs = (rule: string, ...tags: number[]): Array<[number, Decision]> =>
  tags.map((tag) => [tag, decide('remove', rule)]);

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
  [0x0040e001, decide('dummy', 'names one document')],
  [0x00102295, decide('dummy', 'names one animal')],
  [0x00720008, decide('dummy', 'names who made a protocol')],
  ...removeAs('names who used or asked for something', 0x00720010, 0x0074100c, 0x20000050, 0x21000160),
  ...removeAs('names a traveller', 0x4010101a, 0x40101051),
  ...removeAs('describes private attributes', 0x00080300),
  ...removeAs('role of a person who is removed', 0x00102298),
  ...removeAs('length to end: retired', 0x00080001),
  ...removeAs('date of birth or death in another calendar', 0x00100033, 0x00100034, 0x00100035),
  ...removeAs('number of an order: retired', 0x00401006, 0x00401007, 0x00402006, 0x00402007),
  // What an earlier de-identification kept for itself: whoever has its key knows the patient
  ...removeAs('encrypted attributes', 0x04000500),
  ...removeAs(
    'identifies or describes by free text: retired',
    0x0040a074,
    0x0040a089,
    0x0040a224,
    0x0040a33a,
    0x0040a992,
    0x00401060,
    0x00400553,
  ),
  ...removeAs('comments', 0x00080418, 0x0018991a, 0x0022112c, 0x00240044, 0x00287007, 0x0028702a, 0x00400400),
  ...removeAs('notes and reasons', 0x00400556, 0x0040a492, 0x00440011, 0x00741006, 0x00741238, 0x30080066),
  ...removeAs('comments', 0x00440106, 0x00660004, 0x01000424, 0x30040006, 0x300600c8, 0x30080202, 0x300a0402),
]);
const privateCharacteristics = 0x00080300;
/** Of these the words that name nobody may stay where content is cleaned. */
const cleanableTexts = new Set([0x0040a160, 0x00700006]);

/** Addresses that name coding schemes and codes, not where a file lies. */
const codeAddresses = new Set([0x0008010e, 0x00080120]);

/** UIDs that name classes, syntaxes and coding schemes, not instances: kept where they have the form of a UID. */
const classUids = new Set([
  0x00080016, 0x0008001a, 0x0008001b, 0x00080062, 0x0008010c, 0x0008010d, 0x00080117, 0x00080118, 0x0008040e,
  0x00081150, 0x0008115a, 0x00083002, 0x00340003, 0x04000010, 0x04000510, 0x30100052, 0x30100053,
]);

/** True for a UID whose value is the same in every file of its kind. */
export const isClassUid = (tag: number): boolean => classUids.has(tag);

const coarseVrs = new Set<number>([vr.CS, vr.DS, vr.IS]);
const freeText = new Set<number>(['LO', 'LT', 'SH', 'ST', 'UC', 'UR', 'UT'].map(vrCode));
const opaque = new Set<number>(['OB', 'OW', 'OF', 'OD', 'OL', 'OV', 'UN'].map(vrCode));

/**
 * Decides by the profile first, then by what the element is: what PS3.6 does not know is removed, names, dates and
 * instance UIDs that the table misses are found by their VR (PS3.15 §E.1.1 note), and the rest is kept.
 */
export function decideElement(element: ElementContext, policy: DecisionPolicy): Decision {
  const { tag, known } = element;
  const special = decideSpecial(element, policy);
  if (special !== undefined) return special;
  const rule = policy.rules.get(tag);
  const decision = (rule && ofRule(element, rule)) ?? ofOwn(element, policy) ?? byVr(element, known, policy);
  if (decision.effect !== 'keep' || element.inside === 'plain') return decision;
  if (element.inside === 'dummy') return ofDummyContent(element, known);
  // What an option retains is not cleaned by another
  return decision === byLetter.K ? decision : ofCleanContent(element, known);
}

/** Groups and elements that no row of the table stands for. */
function decideSpecial(element: ElementContext, policy: DecisionPolicy): Decision | undefined {
  const { tag, known, isTopLevel, isSequence, isEmpty } = element;
  const group = tag >>> 16;
  if (group % 2 === 1) return ofPrivate(element, policy);
  if ((tag & 0xffff) === 0) return removals.groupLength;
  if (group >>> 8 === 0x50) return removals.curve;
  if (group >>> 8 === 0x60) return isTopLevel && policy.keptOverlays.has(group) ? ofOverlay(tag) : removals.overlay;
  if (group < 8) return removals.foreignGroup;
  if (known === undefined) return removals.unknown;
  if (known === vr.SQ && !isSequence && !isEmpty) return removals.opaqueSequence;
  if (group === 0x7fe0) return isTopLevel ? keepPixels : removals.nestedPixels;
  return undefined;
}

/**
 * Of safe private elements those of identifying VR are treated as every other of that VR. None stays where texts become
 * dummies: its creator would be one.
 */
function ofPrivate(element: ElementContext, policy: DecisionPolicy): Decision {
  if (element.safePrivateVr === 0 || element.inside === 'dummy') return removals.private;
  const decision = byVr(element, element.safePrivateVr, policy);
  return decision.effect === 'keep' ? keepPrivate : decision;
}

/** Geometry, statistics and bits of an overlay (PS3.3 §C.9.2), by the low half of the tag. */
const overlayParts = new Map(
  Object.entries({
    US: [0x10, 0x11, 0x51, 0x100, 0x102],
    SS: [0x50],
    IS: [0x15, 0x1301],
    DS: [0x1302, 0x1303],
    CS: [0x40],
    OW: [0x3000],
  }).flatMap(([name, parts]) => parts.map((part): [number, number] => [part, vrCode(name)])),
);
const overlayTexts = new Set([0x22, 0x45, 0x1500, 0x4000]);

/** VR of a part of an overlay that can stay; undefined for every other element. */
export const overlayVr = (tag: number): number | undefined =>
  tag >>> 24 === 0x60 ? overlayParts.get(tag & 0xffff) : undefined;

function ofOverlay(tag: number): Decision {
  const part = tag & 0xffff;
  if (overlayParts.has(part)) return keepOverlay;
  return overlayTexts.has(part) ? cleanOverlay : removals.overlay;
}

const byLetter = {
  X: decide('remove', 'E.1-1 X'),
  Z: decide('empty', 'E.1-1 Z'),
  D: decide('dummy', 'E.1-1 D'),
  U: decide('mapUids', 'E.1-1 U'),
  K: decide('keep', 'retained by option'),
} as const;
const keepAge = decide('age', 'retained by option, 90 and above as 90');
/** Retained UIDs must be UIDs. */
const keepUids = decide('keepUids', 'retained by option');
const dated = {
  X: decide('date', 'dates option', 'remove'),
  Z: decide('date', 'dates option', 'empty'),
  D: decide('date', 'dates option', 'dummy'),
} as const;
const cleaned = {
  X: decide('clean', 'cleaned by option', 'remove'),
  Z: decide('clean', 'cleaned by option', 'empty'),
  D: decide('clean', 'cleaned by option', 'dummy'),
} as const;
const cleanedSequence: Decision = { ...decide('keep', 'cleaned by option'), cleansContent: true };

function ofRule({ known, isTopLevel, isSequence, inside }: ElementContext, rule: ProfileRule): Decision {
  const action = isTopLevel ? rule.action : rule.nestedAction;
  if (action !== 'U' && action !== 'K') {
    if (rule.isDated) return dated[action];
    if (rule.isCleaned && inside !== 'dummy') return isSequence ? cleanedSequence : cleaned[action];
  }
  if (action === 'K' && known === vr.AS) return keepAge;
  return action === 'K' && known === vr.UI ? keepUids : byLetter[action];
}

function ofOwn({ tag, inside }: ElementContext, policy: DecisionPolicy): Decision | undefined {
  if (tag === privateCharacteristics && policy.retainSafePrivate) return keepPrivate;
  return inside === 'clean' && cleanableTexts.has(tag) ? cleanContent : ownRules.get(tag);
}

function byVr({ tag, vr: written }: ElementContext, known: number | undefined, policy: DecisionPolicy): Decision {
  const is = (code: number) => known === code || written === code;
  if (is(vr.PN)) return netName;
  if (is(vr.DA) || is(vr.DT) || is(vr.TM)) return policy.dates === 'remove' ? netDateDummy : netDate;
  if (is(vr.UI)) return policy.retainUids ? keepUids : netUid;
  if (is(vrCode('UR')) && !codeAddresses.has(tag)) return netAddress;
  return is(vr.AS) ? netAge : keep;
}

/** Codes of meaning stay so that the structure stays readable; whatever can hold words or bytes becomes a dummy. */
function ofDummyContent({ isSequence, vr: written }: ElementContext, known = written): Decision {
  if (isSequence || coarseVrs.has(known)) return keep;
  return isTextVr(known) || opaque.has(known) ? dummyContent : keep;
}

function ofCleanContent({ isSequence, vr: written }: ElementContext, known = written): Decision {
  if (isSequence) return keep;
  if (opaque.has(known)) return dummyContent;
  return freeText.has(known) ? cleanContent : keep;
}
