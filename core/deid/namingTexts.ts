import type { IdentifierKind } from './identifierKind.ts';
import { foldAscii, identifierTexts, isNamingWord } from './identifierTexts.ts';
import { textReadings } from './textReadings.ts';
import { textVariants } from './textVariants.ts';

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
  const retained = values.filter(({ kind }) => kind === 'retained').map(({ text }) => foldAscii(text));
  const found: NamingTexts = { texts: new Set(), words: new Set(), foreign: new Set() };
  for (const value of withoutRepeats(values)) {
    if (value.kind === 'retained') continue;
    addValue(found, value, (text) => value.kind === 'address' && retained.some((each) => each.includes(text)));
  }
  return found;
}

/** Digits and their marks are the same bytes in every encoding of text; as UTF-16 they are numbers of a table. */
const hasLetter = (text: string) => /[^\0-@[-`{-\u007f]/.test(text);

/** What is shorter occurs by chance, whatever it stands for. */
const shortestBytes = 4;

function addValue(
  { texts, words, foreign }: NamingTexts,
  { kind, text, characterSet }: NamingValue,
  isRetained: (text: string) => boolean,
): void {
  const raw = identifierTexts(kind, text).filter((each) => !isRetained(each));
  const decoded = isPlainAscii(text)
    ? raw
    : textReadings(text, characterSet).flatMap((reading) => identifierTexts(kind, reading));
  for (const each of [...raw, ...decoded.filter(hasLetter).flatMap(textVariants)]) {
    if (each.length >= shortestBytes) texts.add(foldAscii(each));
  }
  for (const each of decoded) if (!isPlainAscii(each)) foreign.add(each);
  if (kind === 'birthDate') return;
  for (const word of wordsOf(foldAscii(text))) if (isNamingWord(word)) words.add(word);
}

/** Words of a text; bytes above ASCII belong to words, whatever the character set. */
export const wordsOf = (text: string): string[] => text.split(/[^a-z0-9\u0080-\uffff]+/);

/** True for bytes that mean the same in every character set: ASCII without escape sequences. */
export function isPlainAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7e || text.charCodeAt(i) === 0x1b) return false;
  return true;
}
