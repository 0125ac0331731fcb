import { isDescriptor } from '../text/isDescriptor.ts';
import { dateRenderings, dayOf } from './dateRenderings.ts';
import type { IdentifierKind } from './identifierKind.ts';

/** Names that name nobody, and words of test data that names are made of. */
const nobody = new Set(['anonymized', 'anonymised', 'anonymous', 'unknown', 'none', 'null']);
const nobodysParts = new Set(['test', 'patient', 'phantom', 'doctor', 'physician', 'operator']);

/** True for a word that may name a person. */
export const isNamingWord = (word: string): boolean => word.length > 1 && !nobody.has(word) && !nobodysParts.has(word);

/** Characters, or bytes where no character set was applied. */
const shortestText = 4;
/** Ideographs and the like: two make a name. */
const shortestForeign = 2;
/** One short word as an institution equals a maker's name or a common word too often to tell anything. */
const shortestInstitution = 8;
const shortestAddressPart = 6;
/** A word of a patient's own address names a street or a town. */
const shortestPlace = 6;
const streetWords = new Set(
  'avenue boulevard building circle county district drive garden gardens heights square street strasse'.split(' '),
);
const isPlaceName = (word: string) => !/\d/.test(word) && !isDescriptor(word) && !streetWords.has(word);

/** What to search for because of one value: itself, its lines and its parts. Letters of ASCII are made small. */
export function identifierTexts(kind: Exclude<IdentifierKind, 'date' | 'uid'>, value: string): string[] {
  const lower = foldAscii(value);
  return [...new Set(partsOf[kind](lower))].filter((text) => !nobody.has(text));
}

/** A to Z as a to z, and nothing else: what stands for a byte above ASCII stays that byte. */
export const foldAscii = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const split = (value: string, by: RegExp) => value.split(by).map((each) => each.trim());
const isForeign = (text: string) => /[^\0-\u00ff]/.test(text);
/** A name that a program cut, since SH takes 16 characters of it and of what stands before, goes so far at least. */
const cutLetters = 12;
/** SH. */
const shortLength = 16;
const isLong = (text: string) => text.length >= (isForeign(text) ? shortestForeign : shortestText);

/** What fewer characters are left of stands in a text by chance. */
const shortestBareId = 6;
/** A number of fewer digits is not looked for without its zeros. */
export const shortestNumber = 5;
const lettersAndNumber = /^[a-z]{0,8}(0*([1-9]\d*))$/;
/** Eight digits that are a day: they stand in every file of that day. */
export const isDay = (digits: string) => /^(?:19|20)\d{6}$/.test(digits);

/** An id, the same without its marks, and where it is a number, without the letters and zeros before it and in groups. */
function idSpellings(id: string): string[] {
  const plain = id.replace(/[^a-z0-9\u0080-\uffff]/g, '');
  const cut = id.length > shortLength && /[a-z]/.test(id.slice(0, shortLength)) ? [id.slice(0, shortLength)] : [];
  const bare = [...(plain.length < shortestBareId || isDay(plain) ? [] : [plain]), ...cut];
  const [, digits = '', significant = ''] = lettersAndNumber.exec(plain) ?? [];
  if (significant.length < shortestNumber || isDay(digits) || isDay(significant)) return [id, ...bare];
  return [id, ...bare, digits, significant, ...inGroups(digits)];
}

/** As cards show numbers of insurances and of health services. */
function inGroups(digits: string): string[] {
  const groups = /^(\d{3})(\d{2,3})(\d{4})$/.exec(digits)?.slice(1);
  return groups === undefined ? [] : [groups.join('-'), groups.join(' ')];
}

/** Of ideographs and syllables one makes a family and one a given name. */
const asianName = /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]+$/u;
/** What stands before the @ of addresses of mail, wherever they stand. */
const accountsOf = (id: string) =>
  [...id.matchAll(/(?<![^\s:;,<])([^@\s:;,<]{6,})@/g)].map(([, account = '']) => account);
/** In a word that two short names would make, they stand by chance. */
const shortestJoined = 6;

/**
 * Family and given name as people, accounts and file names have them: in either order, parted by a space and by nothing,
 * and the given one by its first letter.
 */
function inAnyOrder(group: string): string[] {
  const [family = '', given = ''] = split(group, /[\^,;\s]+/);
  if ([family, given].every((part) => asianName.test(part))) return [`${family}${given}`, `${family} ${given}`];
  if (![family, given].every(isNamingWord)) return [];
  const [initial = ''] = given;
  const joined = [`${family}${given}`, `${given}${family}`, `${initial}${family}`, `${family}${initial}`].filter(
    (text) => text.length >= shortestJoined,
  );
  return [`${family} ${given}`, `${given} ${family}`, `${family}, ${given}`, ...joined];
}

/** Words of a part that other marks part, without the apostrophe and at it: both of O'Brien, and of Meier-Schulze. */
function wordsOfPart(part: string): string[] {
  // Behind an escape sequence such bytes are half a letter
  if (part.includes('\u001b')) return [];
  const words = [part.replace(/['\u2019`]/g, ''), part].flatMap((each) => each.split(/[^a-z0-9\u0080-\uffff]+/));
  // Digits that a mark parts from a name number it
  return words.filter((word) => /\D/.test(word));
}

const partsOf: Record<Exclude<IdentifierKind, 'date' | 'uid'>, (value: string) => string[]> = {
  /** PS3.5 §6.2.1: groups stand between =, components between ^. */
  name: (value) => {
    const parts = split(value, /[\\^=,;\s]+/)
      .flatMap((part) => [part, ...wordsOfPart(part)])
      .filter((part) => !nobodysParts.has(part));
    const groups = split(value, /[\\=]/);
    // as accounts and names of files have them
    const joined = split(value, /[\\^=]/)
      .filter((part) => /\s/.test(part))
      .map((part) => part.replace(/\s+/g, ''))
      .filter((part) => part.length >= shortestJoined);
    const cut = parts
      .filter((part) => part.length > cutLetters && !/\d/.test(part))
      .map((part) => part.slice(0, cutLetters));
    return [...split(value, /[\\\r\n]/), ...groups, ...parts, ...joined, ...cut, ...groups.flatMap(inAnyOrder)].filter(
      isLong,
    );
  },
  /** In HL7 ^ and & part an id from who gave it. */
  id: (value) =>
    split(value, /[\\\r\n]/)
      .flatMap((id) => [id, ...split(id, /[\^&]/).slice(0, 1), ...accountsOf(id)])
      .filter(isLong)
      .flatMap(idSpellings),
  home: (value) => {
    const words = value.split(/[^a-z0-9\u0080-\uffff]+/).filter((word) => word.length >= shortestPlace);
    return [...partsOf.address(value), ...words.filter(isPlaceName)];
  },
  institution: (value) => split(value, /[\\\r\n]/).filter((text) => text.length >= shortestInstitution),
  address: (value) => {
    const lines = split(value, /[\\\r\n]/).filter((text) => text.length >= shortestInstitution);
    // A part of digits alone, like a postcode, occurs by chance
    const isTelling = (text: string) => text.length >= shortestAddressPart && /[^\d\s.-]/.test(text);
    return [...lines, ...split(value, /[\\\r\n,;]/).filter(isTelling)];
  },
  retained: () => [],
  birthDate: (value) => {
    const dates = split(value, /\\/).map(dayOf);
    return dates.flatMap((date) => (date === undefined ? [] : dateRenderings(date)));
  },
};
