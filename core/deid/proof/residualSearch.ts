import { bytesToText } from '../../dicom/bytesToText.ts';
import type { ElementIndex } from '../../dicom/elementIndex.ts';
import { isTextVr, vr } from '../../dicom/vr.ts';
import type { Piece } from '../edits/pieceWriter.ts';
import type { Identifiers } from '../identifiers/harvestIdentifiers.ts';
import { shortestNumber } from '../identifiers/identifierTexts.ts';
import { isDescriptor } from '../text/isDescriptor.ts';
import { isTerm } from '../text/isTerm.ts';
import { withoutEnds } from '../text/withoutEnds.ts';
import { type Described, elementAround, type Stretch, valueAround } from './elementAround.ts';
import type { CountSteps } from './searchSteps.ts';

/** Where an identifier of the input is left. */
interface Residual {
  kind: 'text' | 'uid' | 'date';
  tag: number;
  /** In the input. */
  offset: number;
}

/** A pattern shorter than this counts as a whole word only, because it occurs by chance inside others. */
const longTextBytes = 8;
/** Of letters beyond ASCII so many bytes are enough inside a word. */
const foreignTextBytes = 6;
/** In bytes that are no text a match with a letter needs this much. */
const binaryTextBytes = 6;
/** A number that is a value of its own is an id from so many digits on. */
const lonelyNumberBytes = 6;

const fold = new Uint8Array(256).map((_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte));
const isWord = new Uint8Array(256).map((_, byte) =>
  /[0-9A-Za-z]/.test(String.fromCharCode(byte)) || byte > 0x7f ? 1 : 0,
);
const isUidByte = new Uint8Array(256).map((_, byte) => (byte === 0x2e || (byte >= 0x30 && byte <= 0x39) ? 1 : 0));

/**
 * Searches an output, piece by piece as it is rendered, for what identified the input, whatever the number of
 * identifiers. New elements without words of the input hold labels, keyed values and constants, so that hits inside them
 * are chance and do not count.
 * @param count of the whole proof
 */
export function residualSearch(identifiers: Identifiers, index: ElementIndex, count: CountSteps) {
  const texts = prefixTable(identifiers.texts);
  let found: Residual | undefined;
  return {
    look(bytes: Uint8Array, { start, end, from, node }: Piece): void {
      if (found !== undefined || (from < 0 && node < 0)) return;
      const stretch = { bytes, start, end, index, shift: from - start, node, count };
      found = scanTexts(stretch, texts) ?? scanDigits(stretch, identifiers);
    },
    /** The first one. */
    found: () => found,
  };
}

interface PrefixTable {
  /** One byte for each hash of the first four bytes. */
  mayStart: Uint8Array;
  byPrefix: Map<number, Uint8Array[]>;
}

const hashOf = (prefix: number) => Math.imul(prefix, 0x9e3779b1) >>> 20;

/** Equal sets are one object for files of one series. */
const tables = new WeakMap<ReadonlySet<string>, PrefixTable>();

function prefixTable(texts: ReadonlySet<string>): PrefixTable {
  const known = tables.get(texts);
  if (known !== undefined) return known;
  const table: PrefixTable = { mayStart: new Uint8Array(0x1000), byPrefix: new Map() };
  for (const text of texts) {
    const pattern = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at += 1) pattern[at] = fold[text.charCodeAt(at)] ?? 0;
    const prefix = new DataView(pattern.buffer).getInt32(0);
    const alike = table.byPrefix.get(prefix) ?? [];
    alike.push(pattern);
    table.byPrefix.set(prefix, alike);
    table.mayStart[hashOf(prefix)] = 1;
  }
  tables.set(texts, table);
  return table;
}

function scanTexts(stretch: Stretch, { mayStart, byPrefix }: PrefixTable): Residual | undefined {
  const { bytes, start, end } = stretch;
  let prefix = 0;
  for (let last = start; last < end; last += 1) {
    prefix = (prefix << 8) | (fold[bytes[last] ?? 0] ?? 0);
    if (mayStart[hashOf(prefix)] === 0 || last < start + 3) continue;
    for (const pattern of byPrefix.get(prefix) ?? []) {
      const residual = matchAt(stretch, last - 3, pattern);
      if (residual !== undefined) return residual;
    }
  }
  return undefined;
}

function matchAt(stretch: Stretch, from: number, pattern: Uint8Array): Residual | undefined {
  const { bytes, end, count } = stretch;
  const to = from + pattern.length;
  if (to > end) return undefined;
  let alike = 4;
  while (alike < pattern.length && fold[bytes[from + alike] ?? 0] === pattern[alike]) alike += 1;
  count(alike);
  if (alike < pattern.length) return undefined;
  const value = valueAround(stretch, from);
  const first = isNumber(pattern) ? withoutZeros(stretch, from, value.start) : from;
  const isWhole =
    (first === value.start || !goesOn(pattern[0], bytes[first - 1])) &&
    (to === value.end || !goesOn(pattern.at(-1), bytes[to]));
  const { tag, offset, ...element } = elementAround(stretch, from, to);
  return countsIn(element, pattern, isWhole) ? { kind: 'text', tag, offset } : undefined;
}

/** True for two bytes of one word: a digit beside a letter numbers what the word names. */
function goesOn(inside = 0, beside = 0): boolean {
  return isWord[beside] === 1 && !(isDigit(beside) && !isDigit(inside));
}

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;

const isNumber = (pattern: Uint8Array) => pattern.length >= shortestNumber && pattern.every(isDigit);

/** Where a number begins that other programs pad with zeros. */
function withoutZeros({ bytes, count }: Stretch, from: number, start: number): number {
  let first = from;
  while (first > start && bytes[first - 1] === 0x30) first -= 1;
  count(from - first);
  return first;
}

/** Whether a match in an element of this VR is more than chance. */
function countsIn(
  { vr: code, isValue, isReadable }: Pick<Described, 'vr' | 'isValue' | 'isReadable'>,
  pattern: Uint8Array,
  isWhole: boolean,
) {
  const isLong = pattern.length >= longTextBytes;
  if (isNumber(pattern)) return numberCountsIn({ vr: code, isValue }, pattern, isWhole);
  // A word of anatomy or technique that is a name as well tells nobody without the rest of the name
  if (isTextContext(code) && wordOf(pattern).split(' ').every(isDescriptor)) return false;
  if (isTextContext(code)) return isWhole || ((isLong || isForeign(pattern)) && code !== vr.UI);
  if (code === vr.CS) return (isLong || (isWhole && hasLetter(pattern))) && !isTerm(wordOf(pattern));
  return bytesCountIn({ vr: code, isReadable }, pattern, isWhole);
}

/** Whether a match in what is no text, a number among them, is more than chance. */
function bytesCountIn(
  { vr: code, isReadable: isTextual }: Pick<Described, 'vr' | 'isReadable'>,
  pattern: Uint8Array,
  isWhole: boolean,
): boolean {
  const isLong = pattern.length >= longTextBytes;
  // Digits with marks between them are a day or a number as people write it
  if (!hasLetter(pattern)) return isWhole && isLong && code !== vr.DS && code !== vr.IS;
  const isShort = pattern.length < binaryTextBytes;
  return (isWhole || isLong) && (!isShort || (isTextual && !isTerm(wordOf(pattern))));
}

const hasLetter = (pattern: Uint8Array) => pattern.some((byte) => byte >= 0x61);

/** A look-up table that rises by one holds all digits in their order. */
const risingDigits = '0123456789';

/** Dates and times are judged as such; among numbers one counts that is a whole value. */
function numberCountsIn(
  { vr: code, isValue }: Pick<Described, 'vr' | 'isValue'>,
  pattern: Uint8Array,
  isWhole: boolean,
): boolean {
  const isLong = pattern.length >= longTextBytes;
  if (code === vr.DA || code === vr.DT || code === vr.TM) return false;
  if (code === vr.DS || code === vr.IS) return isValue && pattern.length >= lonelyNumberBytes;
  if (code === vr.CS) return isLong || (isWhole && pattern.length >= lonelyNumberBytes);
  if (isTextContext(code)) return isWhole || (isLong && code !== vr.UI);
  return isLong && isWhole && !risingDigits.includes(wordOf(pattern));
}

const wordOf = (pattern: Uint8Array) => bytesToText(pattern, 0, pattern.length);

/** Scripts beyond ASCII may write without spaces, so that names stand inside what looks like one word. */
const isForeign = (pattern: Uint8Array) => pattern.length >= foreignTextBytes && pattern.some((byte) => byte > 0x7f);

/** Numbers as text (DS, IS) and defined terms (CS) equal an id or a name by chance: there only long words count. */
const isTextContext = (code: number) => isTextVr(code) && code !== vr.DS && code !== vr.IS && code !== vr.CS;

/** Runs of digits and dots: whole UIDs, and dates as a component of one or at the start of digits. */
function scanDigits(stretch: Stretch, { uids, dates }: Identifiers): Residual | undefined {
  const { bytes, start, end } = stretch;
  let runStart = start;
  for (let position = start; position <= end; position += 1) {
    if (position < end && isUidByte[bytes[position] ?? 0] === 1) continue;
    const length = position - runStart;
    if (length >= 8 || (length === 1 && bytes[position] === 0)) {
      const judge = length === 1 ? judgeWide : judgeRun;
      const residual = judge(stretch, { from: runStart, to: position }, { uids, dates });
      if (residual !== undefined) return residual;
    }
    runStart = position + 1;
  }
  return undefined;
}

function judgeRun(
  stretch: Stretch,
  { from, to }: { from: number; to: number },
  { uids, dates }: Pick<Identifiers, 'uids' | 'dates'>,
): Residual | undefined {
  // Digits and points of a length and of the next tag are none of the value
  const value = valueAround(stretch, from);
  const first = Math.max(from, value.start);
  const run = bytesToText(stretch.bytes, first, Math.min(to, value.end, first + 256));
  const isUid = startsWithUid(withoutEnds(run, '.'), uids);
  // Times, counters and random digits follow dates in UIDs and in names of files
  const isDate = run.split('.').some((part) => part.length >= 8 && dates.has(part.slice(0, 8)));
  if (!isUid && !isDate) return undefined;
  const { tag, vr: code, offset, isValue } = elementAround(stretch, first, to);
  // Eight digits of a fraction are chance
  const isFraction = (code === vr.DS || code === vr.IS) && (!isValue || run.includes('.'));
  if (!isUid && isFraction) return undefined;
  return { kind: isUid ? 'uid' : 'date', tag, offset };
}

const widestRun = 128;

/** Digits and points in UTF-16 of either order, from the first on. */
function judgeWide(
  stretch: Stretch,
  { from }: { from: number },
  { uids, dates }: Pick<Identifiers, 'uids' | 'dates'>,
): Residual | undefined {
  const { bytes, end } = stretch;
  const isWide = (at: number) => isUidByte[bytes[at] ?? 0] === 1 && (bytes[at - 1] === 0 || bytes[at + 1] === 0);
  // Headers and numbers have single ones
  if (!isWide(from + 2) || isWide(from - 2)) return undefined;
  let to = from;
  let run = '';
  while (to < end && isWide(to) && run.length < widestRun) {
    run += String.fromCharCode(bytes[to] ?? 0);
    to += 2;
  }
  const isUid = startsWithUid(withoutEnds(run, '.'), uids);
  if (!isUid && !run.split('.').some((part) => part.length >= 8 && dates.has(part.slice(0, 8)))) return undefined;
  const { tag, offset } = elementAround(stretch, from, to);
  return { kind: isUid ? 'uid' : 'date', tag, offset };
}

const shortestUid = 10;
/** PS3.5 §6.2; a longer one is found as a whole. */
const longestUid = 64;

/** Programs name a series by its study's UID and a number. */
function startsWithUid(run: string, uids: ReadonlySet<string>): boolean {
  for (let end = run.length; end >= shortestUid; end = run.lastIndexOf('.', Math.min(end - 1, longestUid))) {
    if (uids.has(run.slice(0, end))) return true;
  }
  return false;
}
