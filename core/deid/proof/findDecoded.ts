import { bytesToText } from '../../dicom/bytesToText.ts';
import type { DicomPlace } from '../../dicom/dicomFault.ts';
import { at, type ElementIndex, isContainer, valueEnd } from '../../dicom/elementIndex.ts';
import { lookUpVr } from '../../dicom/lookUpVr.ts';
import type { DicomFile } from '../../dicom/readDicom.ts';
import { valueText } from '../../dicom/readText.ts';
import { isTextVr, vr, vrCode } from '../../dicom/vr.ts';
import { cutRule, type EditPlan, elementActions } from '../edits/planEdits.ts';
import { joinsWords } from '../identifiers/joinsWords.ts';
import { namesDay } from '../identifiers/namesDay.ts';
import { namesUid } from '../identifiers/namesUid.ts';
import type { NamingTexts } from '../identifiers/namingTexts.ts';
import { characterSetReader } from '../text/characterSetReader.ts';
import { isDescriptor } from '../text/isDescriptor.ts';
import { plainSpellings } from '../text/plainSpellings.ts';
import { textReadings } from '../text/textReadings.ts';
import { unescaped } from '../text/unescaped.ts';
import { unreadableAt } from '../text/unreadableAt.ts';
import { visibleText } from '../text/visibleText.ts';
import { harmlessTexts } from './harmlessTexts.ts';
import type { CountSteps } from './searchSteps.ts';

/** Hiragana as katakana: the phonetic group of a name is in one of them, and a note in the other. */
const toKatakana = (text: string) =>
  text.replace(/[\u3041-\u3096]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60));

/** Characters that only format, and the vowels of Arabic and Hebrew, which few write. */
const unseen = /[\p{Cf}\u0640\u064b-\u065f\u0670\u0591-\u05c7]/gu;

/** Of Arabic, Persian and Thai: each ten begin at a multiple of 16. */
const otherDigits = /[\u0660-\u0669\u06f0-\u06f9\u0e50-\u0e59]/g;

/** The same for what is the same to a reader: half and full width, composed and not, capitals, dashes, digits. */
const foldText = (text: string) =>
  toKatakana(text.normalize('NFKC').toLowerCase())
    .replace(unseen, '')
    .replace(/\p{Pd}/gu, '-')
    .replace(otherDigits, (digit) => String(digit.charCodeAt(0) & 0xf));

/** To begin to look for a name takes as long as to look through so many letters. */
const callSteps = 16;
const pieceBytes = 65_536;
/** Longer than what is looked for. */
const overlapBytes = 128;
/** To read a letter of free text takes as long as to compare so many. */
const letterSteps = 32;

interface Sought extends Pick<NamingTexts, 'foreign' | 'texts' | 'joins'> {
  uids: ReadonlySet<string>;
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
  { foreign, texts, joins, uids, dates, count }: Sought,
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
    const [from, to] = [at(index.value, node), valueEnd(index, node)];
    if (isPlain(head, from, to)) return kind === 'free' && piecesTell(node, from, to);
    const readings = textReadings(textOf(node), setOf(node)).map(foldText);
    return readings.some(
      (reading) => names(reading) || (kind === 'free' && (namesUid(reading, uids) || saysFreely(reading))),
    );
  }

  function textOf(node: number): string {
    return visibleText(at(index.vr, node), valueText(head, index, node));
  }

  /** A plain text may be longer than any that is read at once. */
  function piecesTell(node: number, from: number, to: number): boolean {
    if (to - from <= pieceBytes) return plainTells(textOf(node));
    for (let start = from; start < to; start += pieceBytes) {
      const text = bytesToText(head, start, Math.min(to, start + pieceBytes + overlapBytes));
      if (plainTells(text)) return true;
    }
    return false;
  }

  function plainTells(text: string): boolean {
    // Each file of a series has UIDs of its own
    if (mayNameUid.test(text) && namesUid(text.toLowerCase(), uids)) return true;
    if (harmless.has(text)) return false;
    if (saysFreely(text.toLowerCase()) || namesEscaped(text)) return true;
    harmless.add(text);
    return false;
  }

  function namesEscaped(text: string): boolean {
    const open = folded.length === 0 ? undefined : unescaped(text);
    return open !== undefined && names(foldText(open));
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

const mayNameUid = /\d[._ -]\d+[._ -]\d|[0-9a-f]{8}/i;

/** What people type in, and terms; numbers, UIDs and dates are judged by their bytes alone. */
const isFree = new Uint8Array(0x10000);
for (const name of ['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']) isFree[vrCode(name)] = 1;

/** Bytes that may be a text. */
const isOpaque = new Uint8Array(0x10000);
for (const code of [vr.OB, vr.OW, vr.UN]) isOpaque[code] = 1;

/** By the dictionary or by what the file says: text may stand behind UN. Undefined for what is no text. */
function kindOfText(head: Uint8Array, index: ElementIndex, node: number): 'free' | 'coded' | undefined {
  const written = at(index.vr, node);
  if (isFree[written] === 1) return 'free';
  const known = lookUpVr(at(index.tag, node)) ?? written;
  if (isFree[known] === 1) return 'free';
  if (isTextVr(written) || isTextVr(known)) return 'coded';
  const [from, to] = [at(index.value, node), valueEnd(index, node)];
  // Pixels are not in the head
  const isText =
    isOpaque[known] === 1 && to <= head.length && isPlain(head, from, to) && unreadableAt(head, from, to) < 0;
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
