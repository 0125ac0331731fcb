import { plainSpellings } from './plainSpellings.ts';

/**
 * The bytes, one a character, by which a text could stand elsewhere in a file: as it is, in UTF-8, in ISO 8859-1 and in
 * UTF-16 of both orders. Where a text has letters beyond ASCII, which a search does not fold, also in capitals and in
 * small letters, and as people write it without those letters.
 * @param text decoded; letters of ASCII in any case
 */
export function textVariants(text: string): string[] {
  const isAscii = !/[^\0-\u007f]/.test(text);
  const cases = isAscii ? [text] : [text, text.toLowerCase(), text.toUpperCase(), ...plainSpellings(text)];
  return [...new Set(cases.flatMap(encodingsOf))];
}

const utf8 = new TextEncoder();

function encodingsOf(text: string): string[] {
  const units = [...Array(text.length).keys()].map((i) => text.charCodeAt(i));
  const little = units.map((unit) => String.fromCharCode(unit & 0xff, unit >>> 8)).join('');
  const big = units.map((unit) => String.fromCharCode(unit >>> 8, unit & 0xff)).join('');
  const isLatin = units.every((unit) => unit < 0x100);
  return [String.fromCharCode(...utf8.encode(text)), little, big, ...(isLatin ? [text] : [])];
}
