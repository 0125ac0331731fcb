import { at, type ElementIndex } from '../dicom/elementIndex.ts';
import { lookUpVr } from '../dicom/lookUpVr.ts';
import { isTextVr, vr } from '../dicom/vr.ts';
import { DomainError } from '../submission/DomainError.ts';
import type { Identifiers } from './harvestIdentifiers.ts';
import type { RenderedHead } from './renderHead.ts';

/** Where an identifier of the input is left. */
interface Residual {
  kind: 'text' | 'uid' | 'date';
  tag: number;
  /** In the input. */
  offset: number;
}

/** Patterns that start alike make a scan slow: real files have a handful, and none is needed to refuse a file. */
const patternsPerPrefix = 256;

/** A pattern shorter than this counts as a whole word only, because it occurs by chance inside others. */
const longTextBytes = 8;
/** In bytes that are no text a match needs this much, and a letter. */
const binaryTextBytes = 6;

const fold = new Uint8Array(256).map((_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte));
const isWord = new Uint8Array(256).map((_, byte) =>
  /[0-9A-Za-z]/.test(String.fromCharCode(byte)) || byte > 0x7f ? 1 : 0,
);
const isUidByte = new Uint8Array(256).map((_, byte) => (byte === 0x2e || (byte >= 0x30 && byte <= 0x39) ? 1 : 0));

/**
 * Searches the rendered output for what identified the input, in one pass whatever the number of identifiers. New
 * elements hold labels, keyed values and constants only, so that hits inside them are chance and do not count.
 * @throws DomainError ResidualIdentifier when there are too many identifiers to search for
 */
export function findResidual(
  { bytes, pieces }: RenderedHead,
  identifiers: Identifiers,
  index: ElementIndex,
): Residual | undefined {
  const texts = prefixTable(identifiers.texts);
  let position = 0;
  for (const piece of pieces) {
    const length = 'from' in piece ? piece.length : piece.literal.length;
    if ('from' in piece) {
      const copied = { bytes, start: position, end: position + length, shift: piece.from - position, index };
      const residual = scanTexts(copied, texts) ?? scanDigits(copied, identifiers);
      if (residual !== undefined) return residual;
    }
    position += length;
  }
  return undefined;
}

/** A range of the output that was copied from the input, `shift` bytes further on there. */
interface Copied {
  bytes: Uint8Array;
  start: number;
  end: number;
  shift: number;
  index: ElementIndex;
}

interface PrefixTable {
  /** One byte for each hash of the first four bytes. */
  mayStart: Uint8Array;
  byPrefix: Map<number, Uint8Array[]>;
}

const hashOf = (prefix: number) => Math.imul(prefix, 0x9e3779b1) >>> 20;

function prefixTable(texts: ReadonlySet<string>): PrefixTable {
  const table: PrefixTable = { mayStart: new Uint8Array(0x1000), byPrefix: new Map() };
  for (const text of texts) {
    const pattern = Uint8Array.from(text, (character) => fold[character.charCodeAt(0)] ?? 0);
    const prefix = new DataView(pattern.buffer).getInt32(0);
    const alike = table.byPrefix.get(prefix) ?? [];
    if (alike.length >= patternsPerPrefix) {
      throw new DomainError(
        'ResidualIdentifier',
        `Cannot prove the output: over ${patternsPerPrefix} identifiers start alike`,
      );
    }
    alike.push(pattern);
    table.byPrefix.set(prefix, alike);
    table.mayStart[hashOf(prefix)] = 1;
  }
  return table;
}

function scanTexts(copied: Copied, { mayStart, byPrefix }: PrefixTable): Residual | undefined {
  const { bytes, start, end } = copied;
  let prefix = 0;
  for (let last = start; last < end; last += 1) {
    prefix = (prefix << 8) | at(fold, at(bytes, last));
    if (mayStart[hashOf(prefix)] === 0 || last < start + 3) continue;
    for (const pattern of byPrefix.get(prefix) ?? []) {
      const residual = matchAt(copied, last - 3, pattern);
      if (residual !== undefined) return residual;
    }
  }
  return undefined;
}

function matchAt(copied: Copied, from: number, pattern: Uint8Array): Residual | undefined {
  const { bytes, start, end } = copied;
  const to = from + pattern.length;
  if (to > end) return undefined;
  for (let i = 4; i < pattern.length; i += 1) if (fold[at(bytes, from + i)] !== pattern[i]) return undefined;
  const isWhole = (from === start || isWord[at(bytes, from - 1)] === 0) && (to === end || isWord[at(bytes, to)] === 0);
  const element = elementAt(copied, from);
  const counts = countsIn(element.vr, pattern, isWhole);
  return counts ? { kind: 'text', tag: element.tag, offset: from + copied.shift } : undefined;
}

/** Whether a match in an element of this VR is more than chance. */
function countsIn(code: number, pattern: Uint8Array, isWhole: boolean): boolean {
  const isLong = pattern.length >= longTextBytes;
  if (isTextContext(code)) return isWhole || (isLong && code !== vr.UI);
  const hasLetter = pattern.some((byte) => byte >= 0x61);
  // Names are words, and so are defined terms: PERFUSION, HEAD
  if (code === vr.CS && pattern.every((byte) => byte >= 0x61)) return false;
  return hasLetter && pattern.length >= binaryTextBytes && (isWhole || isLong);
}

/** Numbers as text (DS, IS) and defined terms (CS) equal an id or a name by chance: there only long words count. */
const isTextContext = (code: number) => isTextVr(code) && code !== vr.DS && code !== vr.IS && code !== vr.CS;

/** Runs of digits and dots: whole UIDs, and dates as a component of one or at the start of digits. */
function scanDigits(copied: Copied, { uids, dates }: Identifiers): Residual | undefined {
  const { bytes, start, end } = copied;
  let runStart = start;
  for (let position = start; position <= end; position += 1) {
    if (position < end && isUidByte[at(bytes, position)] === 1) continue;
    if (position - runStart >= 8) {
      const residual = judgeRun(copied, { from: runStart, to: position }, { uids, dates });
      if (residual !== undefined) return residual;
    }
    runStart = position + 1;
  }
  return undefined;
}

function judgeRun(
  copied: Copied,
  { from, to }: { from: number; to: number },
  { uids, dates }: Pick<Identifiers, 'uids' | 'dates'>,
): Residual | undefined {
  const run = String.fromCharCode(...copied.bytes.subarray(from, Math.min(to, from + 256)));
  const isUid = uids.has(run) || uids.has(run.replace(/^\.+|\.+$/g, ''));
  const isDate = run
    .split('.')
    .some((part) => (part.length === 8 || part.length === 14) && dates.has(part.slice(0, 8)));
  if (!isUid && !isDate) return undefined;
  const element = elementAt(copied, from);
  if (!isUid && !isTextContext(element.vr)) return undefined;
  return { kind: isUid ? 'uid' : 'date', tag: element.tag, offset: from + copied.shift };
}

/** The element of the input around an output position: the last one that starts at or before it. */
function elementAt({ index, shift }: Copied, position: number): { tag: number; vr: number } {
  const offset = position + shift;
  let low = 0;
  let high = index.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (at(index.start, middle) <= offset) low = middle;
    else high = middle - 1;
  }
  const tag = at(index.tag, low);
  return { tag, vr: lookUpVr(tag) ?? at(index.vr, low) };
}
