import { latinLetters } from '../tables/latinLetters.ts';

const rows = latinLetters
  .trim()
  .split('\n')
  .map((line) => line.split(' ').map((each) => each.replace('-', '')));
const alone = new Map(rows.map(([letter = '', latin = '']) => [letter, latin]));
const spelledOut = new Map(rows.map(([letter = '', latin = '', spelled = latin]) => [letter, spelled]));

/** A text as it is written where its letters are not at hand: without marks, and spelled out. In small letters. */
export function plainSpellings(text: string): string[] {
  const lower = text.toLowerCase().normalize('NFC');
  return [...new Set([alone, spelledOut].map((letters) => spell(lower, letters)))];
}

/** What has no letter of A to Z stays as it is. */
function spell(lower: string, letters: ReadonlyMap<string, string>): string {
  const latin = [...lower].map((letter) => letters.get(letter) ?? bare(letter, letters)).join('');
  return latin.normalize('NFC');
}

/** A letter without its marks: where only those were in the way, what is written for it. */
function bare(letter: string, letters: ReadonlyMap<string, string>): string {
  if (letter < '\u0080') return letter;
  const base = letter.normalize('NFD').replace(/\p{M}/gu, '');
  return letters.get(base) ?? base;
}
