import { isTerm } from '../text/isTerm.ts';
import type { IdentifierKind } from './identifierKind.ts';
import { isDay, isNamingWord } from './identifierTexts.ts';

/** Numbers of fewer digits are made of others by chance. */
const shortestNumber = 7;
const shortestId = 6;
/** Of a name so many words are paired: titles and generations follow. */
const mostWords = 6;
/** Words of names that do not tell one family from another. */
const particles = new Set(
  'al ben bin da das de del den der di do dos du el ibn la le les of st the van von y zu dr jr md mr mrs ms sr'.split(
    ' ',
  ),
);

/**
 * What the words of a text make when they are put together, in which a name or an id is written by marks or spaces of
 * its own: an id without any, and each two words of a name.
 * @param value decoded, in small letters
 */
export function joinedTexts(kind: Exclude<IdentifierKind, 'date' | 'uid'>, value: string): string[] {
  if (kind === 'name') return value.split(/[\\=]/).flatMap(pairsOf);
  if (kind === 'home') return streetsOf(value);
  return kind === 'id' ? value.split(/[\\\r\n]/).flatMap(bareIds) : [];
}

function pairsOf(group: string): string[] {
  const words = group
    .split(/[^\p{L}\p{N}]+/u)
    .filter(isNamingWord)
    .slice(0, mostWords);
  const isTelling = (...pair: string[]) => !pair.every((word) => particles.has(word) || isTerm(word));
  return words.flatMap((one, i) =>
    words.flatMap((other, j) => (i !== j && isTelling(one, other) ? [`${one}${other}`] : [])),
  );
}

/** Each word of an address with the next: a street, whatever number stands before or behind it. */
function streetsOf(address: string): string[] {
  const words = address.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 1 && !/\d/.test(word));
  return words.slice(1).map((word, i) => `${words[i]}${word}`);
}

/** A number without its zeros, which other programs add or leave out. */
export const withoutZeros = (digits: string): string => digits.replace(/^0+(?=\d)/, '');

function bareIds(id: string): string[] {
  const plain = id.replace(/[^\p{L}\p{N}]/gu, '');
  if (/\D/.test(plain)) return plain.length >= shortestId && /\d/.test(plain) ? [plain, ...numbersOf(id)] : [];
  return numbersOf(id);
}

/** Digits with the marks that stand in numbers of telephones. */
const numberForm = /\+?\d[\d ()./-]{5,}\d/g;

function numbersOf(id: string): string[] {
  const numbers = (id.match(numberForm) ?? []).flatMap((number) => {
    const digits = number.replace(/\D/g, '');
    return [digits, ...nationalNumbers(number, digits)].map(withoutZeros);
  });
  return numbers.filter((digits) => digits.length >= shortestNumber && !isDay(digits));
}

/** A number of a telephone as it is called from the same country: country codes have one to three digits. */
function nationalNumbers(id: string, digits: string): string[] {
  if (!/^\s*(?:\+|00)/.test(id)) return [];
  return [1, 2, 3].map((codeDigits) => withoutZeros(digits).slice(codeDigits));
}
