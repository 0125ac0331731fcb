import { bytesToText } from '../dicom/bytesToText.ts';
import { at, type ElementIndex, isContainer, valueEnd } from '../dicom/elementIndex.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { bytesPerNumber, isStream, vr, vrName } from '../dicom/vr.ts';
import { attributeOf } from './attributeOf.ts';
import { characterSetOf } from './characterSet.ts';
import { isInRange } from './isInRange.ts';
import { isNameForm } from './isNameForm.ts';
import { measureText } from './measureText.ts';
import type { AddFinding } from './Nonconformity.ts';
import { type ValueRule, valueRule } from './valueRules.ts';

/** What can be found here. */
export const elementCodes = [
  'VrUnexpected',
  'ValueLengthInvalid',
  'ValueInvalid',
  'UidInvalid',
  'ValueTooLong',
  'MultiplicityInvalid',
  'CharacterSetUnknown',
  'TextUndecodable',
] as const;

type Attribute = ReturnType<typeof attributeOf>;

/** The character set that each data set states, by the item that holds it; -1 for the whole. */
type CharacterSets = Map<number, ReturnType<typeof characterSetOf>>;

interface Context {
  head: Uint8Array;
  index: ElementIndex;
  characterSets: CharacterSets;
  add: AddFinding<(typeof elementCodes)[number]>;
}

interface Element {
  node: number;
  tag: number;
  vr: number;
  attribute: Attribute;
  /** Where its value lies in the bytes before Pixel Data, without padding and with it. */
  from: number;
  to: number;
  end: number;
}

/**
 * Checks every public element against PS3.5 and PS3.6: its VR, the length and form of its value, how many values there
 * are, and whether its text can be read. Private elements are their vendor's matter, and the profile removes them.
 */
export function checkElements(file: DicomFile, add: AddFinding<(typeof elementCodes)[number]>): void {
  const { index, head } = file;
  const context = { head, index, characterSets: new Map([[-1, characterSetOf('')]]), add };
  const last = file.pixels === undefined ? index.count : index.count - 1;
  for (let node = 0; node < last; node += 1) {
    const tag = at(index.tag, node);
    const code = at(index.vr, node);
    if (code === 0 || ((tag >>> 16) & 1) === 1) continue;
    const from = at(index.value, node);
    const end = valueEnd(index, node);
    const isOpen = isContainer(index, node);
    const to = isOpen ? end : endOfText(head, from, end);
    const element = { node, tag, vr: code, attribute: attributeOf(tag), from, to, end };
    checkVr(context, element);
    if (!isOpen && from < end) checkValue(context, element);
  }
}

function checkValue(context: Context, element: Element): void {
  const { from, to, end } = element;
  if ((end - from) % 2 === 1) note(context, element, 'ValueLengthInvalid', 'Its length is odd');
  const rule = valueRule(element.vr);
  if (rule === undefined) checkNumbers(context, element);
  else if (to > from) checkText(context, element, rule);
  else if (element.vr === vr.AE) note(context, element, 'ValueInvalid', 'It holds nothing but spaces');
}

function note(
  { index, add }: Context,
  { node, tag }: Element,
  code: (typeof elementCodes)[number],
  message: string,
): void {
  add({ code, message, place: { offset: at(index.start, node), tag } });
}

/** The VR that the file states must be the one of PS3.6, or one that it offers; UN is what a converter writes. */
function checkVr(context: Context, element: Element): void {
  const { vr: code, attribute } = element;
  if (attribute === undefined || attribute.vr === code || code === vr.UN) return;
  if (attribute.choice?.has(code) === true) return;
  const message = `It is written as ${vrName(code)}, but the standard gives it ${vrName(attribute.vr)}`;
  note(context, element, 'VrUnexpected', message);
}

/** PS3.5 §6.2: a NUL pads UI, spaces pad other text; neither belongs to the value. */
function endOfText(head: Uint8Array, from: number, end: number): number {
  let to = end;
  while (to > from && (head[to - 1] === 0x20 || head[to - 1] === 0)) to -= 1;
  return to;
}

function checkNumbers(context: Context, element: Element): void {
  const { vr: code, from, end } = element;
  const size = bytesPerNumber(code);
  if (size === 0) return;
  const length = end - from;
  if (length % size !== 0) {
    const message = `It has ${length} bytes, but each value of ${vrName(code)} takes ${size}`;
    note(context, element, 'ValueLengthInvalid', message);
  } else if (!isStream(code)) checkMultiplicity(context, element, length / size);
}

function checkText(context: Context, element: Element, rule: ValueRule): void {
  const { vr: code, end } = element;
  const { head } = context;
  if (element.tag === 0x00080005 && element.attribute?.vr === vr.CS) noteCharacterSet(context, element);
  const measure = measureText(head, element, rule);
  // NUL pads a UID, and spaces pad other text (PS3.5 §6.2, §9.1)
  if (measure.isForbidden || head[end - 1] === (code === vr.UI ? 0x20 : 0)) {
    const wrongly = code === vr.UI ? 'UidInvalid' : 'ValueInvalid';
    note(context, element, wrongly, `It holds a character that ${vrName(code)} does not allow`);
  } else if (rule.form !== undefined) checkForm(context, element, rule.form);
  if (!measure.isEncoded) checkCounts(context, element, { bytes: head, rule, measure });
  else checkEncoded(context, element, rule);
}

/** In other sets a byte is no character, and one that looks like a backslash may be none. */
function checkEncoded(context: Context, element: Element, rule: ValueRule): void {
  const { vr: code, from, to } = element;
  const set = nearestSet(context.characterSets, context.index, element.node);
  if (set === undefined) return;
  const encoded = context.head.subarray(from, to);
  const message = 'Its bytes are no text in the character set that the file states';
  const isText = set.canDecode(encoded);
  if (!isText) note(context, element, 'TextUndecodable', message);
  // how many characters they are, nobody can say then
  if (!isText && set.characters !== undefined) return;
  const bytes = set.characters?.(encoded, code) ?? encoded;
  const all = { from: 0, to: bytes.length, vr: code };
  checkCounts(context, { ...element, ...all }, { bytes, rule, measure: measureText(bytes, all, rule) });
}

interface Counted {
  /** One for each character, from `from` of the element to its `to`. */
  bytes: Uint8Array;
  rule: ValueRule;
  measure: ReturnType<typeof measureText>;
}

/** How long the longest of its values is, how many there are, and of what parts a name is. */
function checkCounts(context: Context, element: Element, { bytes, rule, measure }: Counted): void {
  const { vr: code, from, to } = element;
  const length = rule.isMultiple ? measure.longest : to - from;
  if (length > rule.maxLength) {
    const message = `It has ${length} characters, but ${vrName(code)} allows ${rule.maxLength}`;
    note(context, element, 'ValueTooLong', message);
  }
  if (rule.isMultiple) checkMultiplicity(context, element, measure.values);
  if (code === vr.PN && !isNameForm(bytes, from, to)) {
    note(context, element, 'ValueInvalid', 'It has more than three groups, or a group of more than five components');
  }
}

/** Seventeen sets of at most 16 characters, and more than anybody names. */
const characterSetBytes = 512;

function noteCharacterSet(context: Context, element: Element): void {
  const { from, to, node } = element;
  const found = characterSetOf(bytesToText(context.head, from, Math.min(to, from + characterSetBytes)));
  const message = 'It names no character set that DICOM defines';
  if (found === undefined) note(context, element, 'CharacterSetUnknown', message);
  context.characterSets.set(at(context.index.parent, node), found);
}

/** An item may state a character set of its own; else that of what holds it counts. */
function nearestSet(sets: CharacterSets, index: ElementIndex, node: number): ReturnType<typeof characterSetOf> {
  let holder = at(index.parent, node);
  while (holder !== -1 && !sets.has(holder)) holder = at(index.parent, holder);
  return sets.get(holder);
}

/** No form is longer than 64 characters; padding and old habits may double it. What is longer is said to be too long. */
const formBytes = 128;
/** Implicit VR sets no limit to how many values there are: an element of 64 MB is not worth seconds. */
const formValues = 65_536;

/** Value by value, so that neither memory nor the time of an expression grows with the length of an element. */
function checkForm(context: Context, element: Element, form: RegExp): void {
  const { vr: code, from, to } = element;
  const { head } = context;
  let start = from;
  for (let number = 1; start <= to && number <= formValues; number += 1) {
    let end = start;
    while (end < to && head[end] !== 0x5c) end += 1;
    const fault = end - start <= formBytes ? formFault(code, form, bytesToText(head, start, end)) : undefined;
    if (fault !== undefined) {
      note(context, element, code === vr.UI ? 'UidInvalid' : 'ValueInvalid', `Value ${number} ${fault}`);
      return;
    }
    start = end + 1;
  }
}

function formFault(code: number, form: RegExp, value: string): string | undefined {
  if (!form.test(value)) return `is not written as ${vrName(code)} demands`;
  return isInRange(code, value) ? undefined : `is beyond what ${vrName(code)} can be: no such day or number is`;
}

function checkMultiplicity(context: Context, element: Element, values: number): void {
  if (element.attribute === undefined) return;
  const { least, most, step } = element.attribute;
  if (values >= least && values <= most && values % step === 0) return;
  const wanted = most === least ? `${least}` : `${least} to ${most === Number.POSITIVE_INFINITY ? 'n' : most}`;
  note(context, element, 'MultiplicityInvalid', `It has ${values} values, but the standard gives it ${wanted}`);
}
