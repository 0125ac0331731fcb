import { at, type ElementIndex, flag, valueEnd } from '../dicom/elementIndex.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { vr, vrName } from '../dicom/vr.ts';
import type { FindingCode } from '../submission/findingCatalogue.ts';
import { attributeOf } from './attributeOf.ts';
import { characterSetOf } from './characterSet.ts';
import { measureText } from './measureText.ts';
import type { Nonconformity } from './Nonconformity.ts';
import { bytesPerValue, type ValueRule, valueRule } from './valueRules.ts';

type Note = (code: FindingCode, message: string) => void;
type Attribute = ReturnType<typeof attributeOf>;

/** The character set that each data set states, by the item that holds it; -1 for the whole. */
type CharacterSets = Map<number, ReturnType<typeof characterSetOf>>;

interface Element {
  node: number;
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
export function checkElements(file: DicomFile, add: (found: Nonconformity) => void): void {
  const { index, head } = file;
  const characterSets: CharacterSets = new Map([[-1, characterSetOf('')]]);
  const last = file.pixels === undefined ? index.count : index.count - 1;
  for (let node = 0; node < last; node += 1) {
    const tag = at(index.tag, node);
    const code = at(index.vr, node);
    if (code === 0 || ((tag >>> 16) & 1) === 1) continue;
    const note: Note = (finding, message) =>
      add({ code: finding, message, place: { offset: at(index.start, node), tag } });
    const attribute = attributeOf(tag);
    checkVr(code, attribute, note);
    const from = at(index.value, node);
    const end = valueEnd(index, node);
    if ((at(index.flags, node) & flag.container) !== 0 || from === end) continue;
    if ((end - from) % 2 === 1) note('ValueLengthInvalid', 'Its length is odd');
    checkValue({ file, characterSets }, { node, vr: code, attribute, from, to: endOfText(head, from, end), end }, note);
  }
}

/** The VR that the file states must be the one of PS3.6, or one that it offers; UN is what a converter writes. */
function checkVr(code: number, attribute: Attribute, note: Note): void {
  if (attribute === undefined || attribute.vr === code || code === vr.UN) return;
  if (attribute.choice?.has(code) === true) return;
  note('VrUnexpected', `It is written as ${vrName(code)}, but the standard gives it ${vrName(attribute.vr)}`);
}

/** PS3.5 §6.2: a NUL pads UI, spaces pad other text; neither belongs to the value. */
function endOfText(head: Uint8Array, from: number, end: number): number {
  let to = end;
  while (to > from && (head[to - 1] === 0x20 || head[to - 1] === 0)) to -= 1;
  return to;
}

interface Context {
  file: DicomFile;
  characterSets: CharacterSets;
}

function checkValue(context: Context, element: Element, note: Note): void {
  const rule = valueRule(element.vr);
  if (rule === undefined) checkNumbers(element, note);
  else if (element.to > element.from) checkText(context, { ...element, rule }, note);
}

function checkNumbers({ vr: code, from, end, attribute }: Element, note: Note): void {
  const size = bytesPerValue(code);
  if (size === undefined) return;
  const length = end - from;
  if (length % size !== 0) {
    note('ValueLengthInvalid', `It has ${length} bytes, but each value of ${vrName(code)} takes ${size}`);
  } else if (code >>> 8 !== 0x4f) {
    // O?: one value, however many numbers it holds
    checkMultiplicity(attribute, length / size, note);
  }
}

function checkText({ file, characterSets }: Context, element: Element & { rule: ValueRule }, note: Note): void {
  const { node, vr: code, from, to, rule } = element;
  const { head, index } = file;
  if (element.attribute?.vr === vr.CS && at(index.tag, node) === 0x00080005) {
    const value = textOf(head, from, Math.min(to, from + characterSetBytes));
    noteCharacterSet(characterSets, { holder: at(index.parent, node), value }, note);
  }
  const { values, longest, isEncoded, isForbidden } = measureText(head, { from, to, isName: code === vr.PN }, rule);
  const wrongly = code === vr.UI ? 'UidInvalid' : 'ValueInvalid';
  if (isForbidden) note(wrongly, `It holds a character that ${vrName(code)} does not allow`);
  else if (rule.form !== undefined) checkForm(element, rule.form, { head, note });
  // in other sets a byte is no character, and one that looks like a backslash may be none
  if (isEncoded && !isPlain(nearestSet(characterSets, index, node), head.subarray(from, to), note)) return;
  if ((rule.isMultiple ? longest : to - from) > rule.maxLength) {
    note('ValueTooLong', `It has ${longest} characters, but ${vrName(code)} allows ${rule.maxLength}`);
  }
  if (rule.isMultiple) checkMultiplicity(element.attribute, values, note);
}

/** Latin-1: one byte a character. Only for short values: each character is an allocation. */
function textOf(head: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let position = from; position < to; position += 1) text += String.fromCharCode(head[position] ?? 0);
  return text;
}

/** Seventeen sets of at most 16 characters, and more than anybody names. */
const characterSetBytes = 512;

function noteCharacterSet(sets: CharacterSets, { holder, value }: { holder: number; value: string }, note: Note): void {
  const found = characterSetOf(value);
  if (found === undefined) note('CharacterSetUnknown', 'It names no character set that DICOM defines');
  sets.set(holder, found);
}

/** An item may state a character set of its own; else that of what holds it counts. */
function nearestSet(sets: CharacterSets, index: ElementIndex, node: number): ReturnType<typeof characterSetOf> {
  let holder = at(index.parent, node);
  while (holder !== -1 && !sets.has(holder)) holder = at(index.parent, holder);
  return sets.get(holder);
}

/** True when the text can be read and each of its bytes is one character. */
function isPlain(set: ReturnType<typeof characterSetOf>, bytes: Uint8Array, note: Note): boolean {
  if (set === undefined) return false;
  if (!set.canDecode(bytes)) note('TextUndecodable', 'Its bytes are no text in the character set that the file states');
  return set.isSingleByte;
}

/** No form is longer than 64 characters; padding and old habits may double it. What is longer is said to be too long. */
const formBytes = 128;
/** Implicit VR sets no limit to how many values there are: an element of 64 MB is not worth seconds. */
const formValues = 65_536;

/** Value by value, so that neither memory nor the time of an expression grows with the length of an element. */
function checkForm(
  { vr: code, from, to }: Element,
  form: RegExp,
  { head, note }: { head: Uint8Array; note: Note },
): void {
  let start = from;
  for (let number = 1; start <= to && number <= formValues; number += 1) {
    let end = start;
    while (end < to && head[end] !== 0x5c) end += 1;
    if (end - start <= formBytes && !form.test(textOf(head, start, end))) {
      const message = `Value ${number} is not written as ${vrName(code)} demands`;
      note(code === vr.UI ? 'UidInvalid' : 'ValueInvalid', message);
      return;
    }
    start = end + 1;
  }
}

function checkMultiplicity(attribute: Attribute, values: number, note: Note): void {
  if (attribute === undefined) return;
  const { least, most, step } = attribute;
  if (values >= least && values <= most && values % step === 0) return;
  const wanted = most === least ? `${least}` : `${least} to ${most === Number.POSITIVE_INFINITY ? 'n' : most}`;
  note('MultiplicityInvalid', `It has ${values} values, but the standard gives it ${wanted}`);
}
