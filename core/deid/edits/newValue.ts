import { asciiBytes } from '../../dicom/encodeElement.ts';
import { isUid } from '../../dicom/isUid.ts';
import { isSingleText, isTextVr, vr } from '../../dicom/vr.ts';
import { isTime, isZone, shiftDate, shiftDateTime } from '../identity/shiftDate.ts';
import type { Decision } from '../rules/decideElement.ts';
import { visibleText } from '../text/visibleText.ts';
import { withoutEnds } from '../text/withoutEnds.ts';
import { dummyValue } from './dummyValue.ts';

/** A value after its decision: as it was, gone, or new bytes (empty ones for Z). */
export type NewValue = 'same' | 'gone' | Uint8Array;

export interface ValueContext {
  /** Gives registered UIDs back as they are. */
  newUid: (uid: string) => string;
  /** 0 where dates are retained. */
  shiftDays: number;
  /** Words of a free text that may stay; '' when none may. */
  cleanText: (text: string) => string;
}

const emptyValue = new Uint8Array(0);

/** What a decision makes of a value of some bytes. `text` reads it; it is called only where the text matters. */
export function newValue(
  { effect, fallback }: Decision,
  value: { vr: number; text: () => string },
  context: ValueContext,
): NewValue {
  switch (effect) {
    case 'keep':
      return 'same';
    case 'remove':
      return 'gone';
    case 'empty':
      return emptyValue;
    case 'dummy':
      return value.vr === vr.UI ? mapUids(value.text(), context) : dummyValue(value.vr);
    case 'mapUids':
      return mapUids(value.text(), context);
    case 'keepUids':
      return components(value.text()).every((uid) => uid === '' || isUid(uid))
        ? 'same'
        : mapUids(value.text(), context);
    case 'age':
      return capAge(value.text());
    case 'clean':
      return cleanTexts(value, context) ?? newValue(byFallback[fallback], value, context);
    case 'cut':
      return asciiBytes(visibleText(value.vr, value.text()));
    case 'date':
      return moveDates(value.vr, value.text(), context.shiftDays) ?? newValue(byFallback[fallback], value, context);
  }
}

const byFallback = {
  remove: { effect: 'remove', fallback: 'remove', rule: '' },
  empty: { effect: 'empty', fallback: 'empty', rule: '' },
  dummy: { effect: 'dummy', fallback: 'dummy', rule: '' },
} as const satisfies Record<Decision['fallback'], Decision>;

/** PS3.5 §6.2: spaces and NUL pad; values of UI and dates stand between backslashes. */
const components = (text: string) => text.split('\\').map((each) => withoutEnds(each, ' \0'));

function mapUids(text: string, { newUid }: ValueContext): NewValue {
  const uids = components(text);
  const mapped = uids.map((uid) => (uid === '' ? '' : newUid(uid)));
  return mapped.every((each, i) => each === uids[i]) ? 'same' : asciiBytes(mapped.join('\\'));
}

/** What cleaning leaves of a text; undefined when nothing is left, or when the value is no text. */
function cleanTexts(value: { vr: number; text: () => string }, { cleanText }: ValueContext): NewValue | undefined {
  // Overlays and private elements without dictionary keep the VR of the file; bytes of no VR cannot be read as text
  if (!isTextVr(value.vr)) return undefined;
  const text = value.text();
  const texts = isSingleText(value.vr) ? [text] : text.split('\\');
  const cleaned = texts.map(cleanText);
  if (cleaned.every((each, i) => each === texts[i])) return 'same';
  const left = cleaned.filter((each) => each !== '').join('\\');
  return left === '' ? undefined : asciiBytes(left);
}

/** All components moved, or undefined when one is no date or time: then none may pass. */
function moveDates(code: number, text: string, days: number): NewValue | undefined {
  const parts = components(text).map((each) => (each === '' ? '' : moveDate(code, each, days)));
  if (parts.includes(undefined)) return undefined;
  // Retained dates stay byte by byte once they are known to be dates
  return days === 0 || code === vr.TM || code === vr.SH ? 'same' : asciiBytes(parts.join('\\'));
}

function moveDate(code: number, text: string, days: number): string | undefined {
  const moved = moveOne(code, text, days);
  return moved === undefined && code !== vr.SH ? moveRange(code, text, days) : moved;
}

/** Times stay as they are: whole days move, so that studies across midnight keep their order. */
function moveOne(code: number, text: string, days: number): string | undefined {
  if (code === vr.DA) return shiftDate(text, days);
  if (code === vr.DT) return shiftDateTime(text, days);
  if (code === vr.TM) return isTime(text) ? text : undefined;
  return code === vr.SH && isZone(text) ? text : undefined;
}

/** Of DT, which has the longest (PS3.5 Table 6.2-1). */
const rangeCharacters = 54;

/** Both ends of a range moved, of which one may be open (PS3.4 §C.2.2.2.5); a line may also belong to a zone. */
function moveRange(code: number, text: string, days: number): string | undefined {
  if (text.length > rangeCharacters || text === '-') return undefined;
  for (let line = text.indexOf('-'); line >= 0; line = text.indexOf('-', line + 1)) {
    const ends = [text.slice(0, line), text.slice(line + 1)].map((end) => (end === '' ? '' : moveOne(code, end, days)));
    if (!ends.includes(undefined)) return ends.join('-');
  }
  return undefined;
}

/** 45 CFR 164.514(b)(2)(i)(C): all ages over 89 are one. */
function capAge(text: string): NewValue {
  const match = /^(\d{3})([DWMY])$/.exec(text);
  if (match === null) return 'gone';
  return match[2] === 'Y' && Number(match[1]) > 89 ? asciiBytes('090Y') : 'same';
}
