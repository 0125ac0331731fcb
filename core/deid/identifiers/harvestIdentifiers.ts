import { dicomFault } from '../../dicom/dicomFault.ts';
import { at } from '../../dicom/elementIndex.ts';
import { lookUpVr } from '../../dicom/lookUpVr.ts';
import type { DicomFile } from '../../dicom/readDicom.ts';
import { readText, valueText } from '../../dicom/readText.ts';
import { limits } from '../../policy/limits.ts';
import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { isRegisteredUid } from '../identity/mapUid.ts';
import type { ProfileRule } from '../rules/profileRules.ts';
import { characterSetReader } from '../text/characterSetReader.ts';
import { dayOf } from './dateRenderings.ts';
import { type IdentifierKind, identifierKind } from './identifierKind.ts';
import { foldAscii, isDay } from './identifierTexts.ts';
import {
  isPlainAscii,
  type NamingTexts,
  type NamingValue,
  namingTexts,
  withoutRepeats,
  wordsOf,
} from './namingTexts.ts';

/** What identifies a person in one input: no output may hold it. All are bytes, one a character; A to Z as a to z. */
export interface Identifiers extends NamingTexts {
  uids: Set<string>;
  /** Eight digits each. */
  dates: Set<string>;
}

interface Context {
  policy: ProjectPolicy;
  rules: ReadonlyMap<number, ProfileRule>;
  isOwnOutput: boolean;
}

/**
 * Collects identifiers from every level of an input, private elements of known VR included: as the bytes that they are
 * in the file, whatever the character set, and decoded by it into every encoding in which they could stand elsewhere.
 * @throws DomainError DicomTooManyNames
 */
export function harvestIdentifiers({ head, index }: Pick<DicomFile, 'head' | 'index'>, context: Context): Identifiers {
  const uids = new Set<string>();
  const dates = new Set<string>();
  const naming = namingValues();
  const setOf = characterSetReader({ head, index });
  const birthDays = fewDays();
  const studyDays = fewDays();
  for (let node = 0; node < index.count; node += 1) {
    const tag = at(index.tag, node);
    const written = at(index.vr, node);
    const known = lookUpVr(tag) ?? written;
    const kind = kindOf({ tag, vr: known }, context) ?? kindOfPersonCode(index, node);
    if (kind !== undefined) add(kind, node);
    // Writers give elements of PS3.6 other VRs than it has
    const other = written === known ? undefined : kindOf({ tag, vr: written }, context);
    if (other !== undefined && other !== kind) add(other, node);
  }
  // Where dates are retained, that of a newborn's study is the birth date
  const retained = context.policy.deid.dates === 'retain' ? daysOfStudy({ head, index }) : [];
  for (const day of retained) dates.delete(day);
  return { ...namingTexts(naming.distinct()), uids, dates };

  function add(kind: IdentifierKind, node: number): void {
    const text = valueText(head, index, node);
    if (kind === 'uid') addUids(uids, text);
    else if (kind === 'date' || kind === 'birthDate') addDates(dates, text);
    else addName(kind, text, node);
    if (kind === 'birthDate') addDay(text, node, birthDays);
    // As people write the day of a study, it is looked for like a birth date
    else if (kind === 'date' && studyDates.has(at(index.tag, node))) addDay(text, node, studyDays);
  }

  function addDay(text: string, node: number, isOfFew: ReturnType<typeof fewDays>): void {
    if (isOfFew(text)) addName('birthDate', text, node);
  }

  function addName(kind: NamingValue['kind'], text: string, node: number): void {
    naming.add({ kind, text, characterSet: isPlainAscii(text) ? '' : setOf(node) });
  }
}

const mostKnown = 1024;

/** A value counts as so much more than its text, since each makes patterns of its own. */
const valueBytes = 16;

/**
 * Holds what names people. A file that does so by millions of elements mostly repeats itself: each value is held once,
 * from when they are more than the limit.
 */
function namingValues() {
  let values: NamingValue[] = [];
  let bytes = 0;
  /** By character set and text, the first: those are what repeats. */
  const known = new Map<string, Map<string, NamingValue['kind']>>();
  let knownTexts = 0;
  const isKnown = ({ characterSet, text, kind }: NamingValue) => {
    const alike = known.get(characterSet) ?? new Map<string, NamingValue['kind']>();
    if (alike.get(text) === kind) return true;
    if (knownTexts < mostKnown) {
      knownTexts += 1;
      known.set(characterSet, alike.set(text, kind));
    }
    return false;
  };
  const distinct = () => {
    values = withoutRepeats(values);
    bytes = 0;
    for (const { text } of values) bytes += text.length + valueBytes;
    if (bytes > limits.dicomNamingBytes) throw tooMany(`${limits.dicomNamingBytes} bytes of names`);
    return values;
  };
  return {
    add(value: NamingValue): void {
      if (isKnown(value)) return;
      values.push(value);
      bytes += value.text.length + valueBytes;
      if (bytes > 2 * limits.dicomNamingBytes) distinct();
    },
    /** @throws DomainError DicomTooManyNames */
    distinct: () => (bytes > limits.dicomNamingBytes ? distinct() : values),
  };
}

const tooMany = (what: string) => dicomFault('DicomTooManyNames', `more than ${what}`, { offset: 0 });

function addReference(references: Set<string>, reference: string): void {
  references.add(reference);
  if (references.size > limits.dicomReferences) throw tooMany(`${limits.dicomReferences} UIDs or days`);
}

/**
 * A day is written in a hundred ways: a file of many thousand days took minutes. All are looked for as eight digits.
 */
const mostDays = 192;

/** True for the first days of a file, which are looked for as people write them, whenever they come. */
function fewDays(): (day: string) => boolean {
  const days = new Set<string>();
  return (day) => {
    if (days.size < mostDays) days.add(day);
    return days.has(day);
  };
}

/** Of study, series, acquisition and content. */
const studyDates = new Set([0x00080020, 0x00080021, 0x00080022, 0x00080023]);

/** Of the whole file, with the day of its acquisition as date and time. */
function daysOfStudy({ head, index }: Pick<DicomFile, 'head' | 'index'>): Set<string> {
  const days = new Set<string>();
  for (const tag of [...studyDates, 0x0008002a]) addDates(days, readText(head, index, tag) ?? '');
  return days;
}

/** Of a code that stands for a person: who it is, and by what number. */
function kindOfPersonCode(index: DicomFile['index'], node: number): IdentifierKind | undefined {
  const tag = at(index.tag, node);
  if (tag !== 0x00080100 && tag !== 0x00080104) return undefined;
  const item = at(index.parent, node);
  const sequence = item < 0 ? item : at(index.parent, item);
  if (sequence < 0 || at(index.tag, sequence) !== 0x00401101) return undefined;
  return tag === 0x00080100 ? 'id' : 'name';
}

function kindOf(
  element: { tag: number; vr: number },
  { policy, rules, isOwnOutput }: Context,
): IdentifierKind | undefined {
  const kind = identifierKind(element, { policy, rules });
  return kind !== undefined && isOwnOutput && isMapped(kind) ? undefined : kind;
}

/** What our own output holds is mapped already. */
const isMapped = (kind: IdentifierKind) => kind === 'uid' || kind === 'date' || kind === 'birthDate';

function addUids(uids: Set<string>, value: string): void {
  for (const each of value.split('\\')) {
    const uid = each.replace(/[\0 ]/g, '');
    if (uid.length >= 10 && !isRegisteredUid(uid)) addReference(uids, uid);
  }
}

function addDates(dates: Set<string>, value: string): void {
  // as nearly all are written
  if (isDay(value)) {
    addReference(dates, value);
    return;
  }
  for (const each of value.split('\\')) {
    const day = dayOf(each.trim());
    if (day !== undefined && isDay(day)) addReference(dates, day);
  }
}

/** True for a text in which an identifier of the input stands, as a whole or by one of its words. */
export function holdsIdentifier({ texts, words, uids, dates }: Identifiers, text: string): boolean {
  const lower = foldAscii(text);
  const digits = lower.replace(/[-./]/g, '');
  return (
    wordsOf(lower).some((word) => words.has(word)) ||
    holdsOne(lower, texts) ||
    holdsOne(lower, uids) ||
    holdsOne(digits, dates)
  );
}

/** Without a list of them: a file may have 500,000. */
function holdsOne(text: string, parts: ReadonlySet<string>): boolean {
  for (const part of parts) if (text.includes(part)) return true;
  return false;
}
