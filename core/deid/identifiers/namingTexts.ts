import { textReadings } from '../text/textReadings.ts';
import { textVariants } from '../text/textVariants.ts';
import type { IdentifierKind } from './identifierKind.ts';
import { foldAscii, identifierTexts, isNamingWord } from './identifierTexts.ts';
import { joinedTexts } from './joinedTexts.ts';

/** The value of one element that names somebody, by bytes. */
export interface NamingValue {
  kind: Exclude<IdentifierKind, 'date' | 'uid'>;
  text: string;
  /** Specific Character Set that holds for it; '' where that does not matter. */
  characterSet: string;
}

export interface NamingTexts {
  /** Names, their parts, ids, addresses, institutions and the birth date, as they are and in other encodings. */
  texts: Set<string>;
  /** Every word of those, of at least 2 characters: free text that is cleaned keeps none of them. */
  words: Set<string>;
  /** Those with letters beyond ASCII, decoded. */
  foreign: Set<string>;
  /** What words of a text make that are a name or an id by other marks, decoded. */
  joins: Set<string>;
}

/** Files of one series name the same people: what was made of the last few sets of values is kept. */
const made = new Map<string, NamingTexts>();
const madeLimit = 16;
/** More names than a series has are not worth the memory. */
const longestKey = 65_536;

/** All by which the people of some values could stand elsewhere in their file; a value may be there twice. */
export function namingTexts(values: readonly NamingValue[]): NamingTexts {
  let key = '';
  for (const value of values) {
    key += keyOf(value);
    if (key.length > longestKey) return makeTexts(values);
  }
  const known = made.get(key);
  if (known !== undefined) return known;
  const found = makeTexts(values);
  if (made.size >= madeLimit) made.clear();
  made.set(key, found);
  return found;
}

/** With its lengths: whatever stands in a value, no two values, and no two lists of them, make one key. */
const keyOf = ({ kind, text, characterSet }: NamingValue) =>
  `${kind} ${characterSet.length} ${text.length} ${characterSet}${text}`;

/** Values in their order, each once. */
export const withoutRepeats = (values: readonly NamingValue[]): NamingValue[] => {
  const distinct = new Map<string, NamingValue>();
  for (const value of values) distinct.set(keyOf(value), value);
  return [...distinct.values()];
};

function makeTexts(values: readonly NamingValue[]): NamingTexts {
  const retained = values
    .filter(({ kind }) => kind === 'retained')
    .map(({ text }) => `${foldAscii(text)} ${lettersOf(text)}`);
  const found: NamingTexts = { texts: new Set(), words: new Set(), foreign: new Set(), joins: new Set() };
  for (const value of withoutRepeats(values)) {
    if (value.kind === 'retained') continue;
    addValue(found, value, (text) => isPlace(value.kind) && retained.some((each) => each.includes(text)));
  }
  return found;
}

/** As words of an address are put together. */
const lettersOf = (text: string) => foldAscii(text).replace(/[^a-z\u0080-\uffff]+/g, '');

const isPlace = (kind: NamingValue['kind']) => kind === 'address' || kind === 'home';

/** Digits and their marks are the same bytes in every encoding of text; as UTF-16 they are numbers of a table. */
const hasLetter = (text: string) => /[^\0-@[-`{-\u007f]/.test(text);

/** What is shorter occurs by chance, whatever it stands for. */
const shortestBytes = 4;

function addValue(
  found: NamingTexts,
  { kind, text, characterSet }: NamingValue,
  isRetained: (text: string) => boolean,
): void {
  const raw = identifierTexts(kind, text).filter((each) => !isRetained(each));
  if (isPlainAscii(text)) addTexts(found, raw, raw.filter(hasLetter));
  else addDecoded(found, { kind, raw, readings: textReadings(text, characterSet) });
  const joins = isPlainAscii(text) ? joinedTexts(kind, foldAscii(text)) : [];
  for (const each of joins) if (!isRetained(each)) found.joins.add(each);
  if (kind === 'birthDate') return;
  for (const word of wordsOf(foldAscii(text))) if (isNamingWord(word)) found.words.add(word);
}

interface Decoded {
  kind: NamingValue['kind'];
  raw: string[];
  readings: string[];
}

function addDecoded(found: NamingTexts, { kind, raw, readings }: Decoded): void {
  const all = new Set(readings.flatMap((reading) => [reading, foldWidth(reading)]));
  const decoded = [...all].flatMap((reading) => identifierTexts(kind, reading));
  addTexts(found, [...raw, ...decoded.filter(isPlainAscii)], decoded.filter(hasLetter));
  for (const each of [...all].flatMap((reading) => joinedTexts(kind, reading))) found.joins.add(each);
}

/** Some as they are, and some by all of their encodings. */
function addTexts({ texts, foreign }: NamingTexts, plain: readonly string[], encoded: readonly string[]): void {
  for (const each of [...plain, ...encoded.flatMap(textVariants)]) {
    if (each.length >= shortestBytes) texts.add(foldAscii(each));
  }
  for (const each of encoded) if (!isPlainAscii(each)) foreign.add(each);
}

/** Half width for full. */
const foldWidth = (text: string) => text.normalize('NFKC').toLowerCase();

/** Words of a text; bytes above ASCII belong to words, whatever the character set. */
export const wordsOf = (text: string): string[] => text.split(/[^a-z0-9\u0080-\uffff]+/);

/** True for bytes that mean the same in every character set: ASCII without escape sequences. */
export function isPlainAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7e || text.charCodeAt(i) === 0x1b) return false;
  return true;
}
