import type { DicomPlace } from '../dicom/dicomFault.ts';
import { at, type ElementIndex, isContainer, valueEnd } from '../dicom/elementIndex.ts';
import { lookUpVr } from '../dicom/lookUpVr.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { valueText } from '../dicom/readText.ts';
import { isTextVr, vr, vrCode } from '../dicom/vr.ts';
import { characterSetReader } from './characterSetReader.ts';
import { harmlessTexts } from './harmlessTexts.ts';
import { isDescriptor } from './isDescriptor.ts';
import { joinsWords } from './joinsWords.ts';
import { namesDay } from './namesDay.ts';
import type { NamingTexts } from './namingTexts.ts';
import { plainSpellings } from './plainSpellings.ts';
import { cutRule, type EditPlan, elementActions } from './planEdits.ts';
import type { CountSteps } from './searchSteps.ts';
import { textReadings } from './textReadings.ts';
import { unreadableAt } from './unreadableAt.ts';
import { visibleText } from './visibleText.ts';

/** Hiragana as katakana: the phonetic group of a name is in one of them, and a note in the other. */
const toKatakana = (text: string) =>
  text.replace(/[\u3041-\u3096]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60));

/** The same for what is the same to a reader: half and full width, composed and not, capitals, dashes, what is not seen. */
const foldText = (text: string) =>
  toKatakana(text.normalize('NFKC').toLowerCase())
    .replace(/[\p{Cf}\u0640]/gu, '')
    .replace(/\p{Pd}/gu, '-');

/** To begin to look for a name takes as long as to look through so many letters. */
const callSteps = 16;
/** To read a letter of free text takes as long as to compare so many. */
const letterSteps = 32;

interface Sought extends Pick<NamingTexts, 'foreign' | 'texts' | 'joins'> {
  /** Eight digits each. */
  dates: ReadonlySet<string>;
  count: CountSteps;
}

/**
 * The first kept text in which something stands that a search by bytes cannot know there: a name that is written in
 * letters beyond ASCII, whatever character set the item around it has, or one of plain letters that the text writes with
 * marks, in full width or with an escape sequence in its middle; in free text also a day as people write it, and a name
 * or an id with other marks.
 * @throws DomainError ResidualIdentifier when there are too many names to look for
 */
export function findDecoded(
  { head, index }: Pick<DicomFile, 'head' | 'index'>,
  plan: EditPlan,
  { foreign, texts, joins, dates, count }: Sought,
): Required<DicomPlace> | undefined {
  const setOf = characterSetReader({ head, index });
  const folded = [...foreign].map(foldText);
  const harmless = harmlessTexts({ joins, dates });
  let speaks: ((text: string) => boolean) | undefined;
  for (let node = 0; node < index.count; node += 1) {
    if (!isPassed(plan, node) || isContainer(index, node)) continue;
    const kind = kindOfText(head, index, node);
    if (kind !== undefined && tells(node, kind)) return { tag: at(index.tag, node), offset: at(index.start, node) };
  }
  return undefined;

  function tells(node: number, kind: 'free' | 'coded'): boolean {
    if (isPlain(head, at(index.value, node), valueEnd(index, node))) return kind === 'free' && plainTells(textOf(node));
    const readings = textReadings(textOf(node), setOf(node)).map(foldText);
    return readings.some((reading) => names(reading) || (kind === 'free' && saysFreely(reading)));
  }

  function textOf(node: number): string {
    return visibleText(at(index.vr, node), valueText(head, index, node));
  }

  function plainTells(text: string): boolean {
    if (harmless.has(text)) return false;
    if (saysFreely(text.toLowerCase())) return true;
    harmless.add(text);
    return false;
  }

  function names(text: string): boolean {
    count(folded.length * (text.length + callSteps));
    return folded.some((name) => text.includes(name)) || plainSpellings(text).some(holdsText);
  }

  function holdsText(text: string): boolean {
    return text.split(/[^a-z0-9]+/).some((word) => texts.has(word) && !isDescriptor(word));
  }

  /** Made where a text is new: files of one series have the same. */
  function speaking(): (text: string) => boolean {
    const isDay = namesDay(dates);
    const isJoined = joinsWords({ joins, texts });
    return (text) => isDay(text) || isJoined(text);
  }

  function saysFreely(text: string): boolean {
    count(text.length * letterSteps);
    speaks ??= speaking();
    return speaks(text);
  }
}

/** True for a value that goes on, as it was or up to its end. */
const isPassed = ({ action, rule, ruleNames }: EditPlan, node: number) => {
  const does = elementActions[action[node] ?? 0];
  return does === 'kept' || (does === 'changed' && ruleNames[rule[node] ?? 0] === cutRule);
};

/** What people type in; terms, numbers, UIDs and dates are judged by their bytes alone. */
const isFree = new Uint8Array(0x10000);
for (const name of ['AE', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']) isFree[vrCode(name)] = 1;

/** By the dictionary or by what the file says: text may stand behind UN. Undefined for what is no text. */
function kindOfText(head: Uint8Array, index: ElementIndex, node: number): 'free' | 'coded' | undefined {
  const written = at(index.vr, node);
  if (isFree[written] === 1) return 'free';
  const known = lookUpVr(at(index.tag, node)) ?? written;
  if (isFree[known] === 1) return 'free';
  if (isTextVr(written) || isTextVr(known)) return 'coded';
  const isText = known === vr.UN && unreadableAt(head, at(index.value, node), valueEnd(index, node)) < 0;
  return isText ? 'free' : undefined;
}

/** True for bytes that mean the same in every character set. */
function isPlain(bytes: Uint8Array, from: number, to: number): boolean {
  for (let position = from; position < to; position += 1) {
    const byte = bytes[position] ?? 0;
    if (byte > 0x7e || byte === 0x1b) return false;
  }
  return true;
}
