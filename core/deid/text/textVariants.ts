import { bytesToText } from '../../dicom/bytesToText.ts';
import { plainSpellings } from './plainSpellings.ts';

/**
 * The bytes, one a character, by which a text could stand elsewhere in a file: as it is, in UTF-8, in ISO 8859-1 and in
 * UTF-16 of both orders. Where a text has letters beyond ASCII, which a search does not fold, also in capitals and in
 * small letters, and as people write it without those letters.
 * @param text decoded; letters of ASCII in any case
 */
export function textVariants(text: string): string[] {
  const isAscii = !/[^\0-\u007f]/.test(text);
  if (isAscii) return [...new Set(encodingsOf(text))];
  const cases = [text, text.toLowerCase(), text.toUpperCase(), ...plainSpellings(text)];
  return [...new Set([...cases.flatMap(encodingsOf), ...brokenSpellings(text)])];
}

/** What is left of a name whose other letters got lost stands by chance if it is shorter. */
const shortestRest = 5;

/** As programs write a text whose letters they do not know: by one byte each, without them, and UTF-8 taken for Latin. */
function brokenSpellings(text: string): string[] {
  const twice = bytesToText(utf8.encode(text), 0, utf8.encode(text).length);
  const misread = encodingsOf(twice).slice(0, 1);
  const rest = text.replace(/[^\0-\u007f]/g, '');
  if (rest.replace(/[^a-z]/gi, '').length < shortestRest) return misread;
  return [...misread, rest, ...['?', '_'].map((mark) => text.replace(/[^\0-\u007f]/g, mark))];
}

const utf8 = new TextEncoder();

/** By bytes and not by lists of them: a text may have 500,000 characters. */
function encodingsOf(text: string): string[] {
  const little = new Uint8Array(text.length * 2);
  const big = new Uint8Array(text.length * 2);
  let isLatin = true;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    little[2 * i] = big[2 * i + 1] = unit & 0xff;
    little[2 * i + 1] = big[2 * i] = unit >>> 8;
    isLatin &&= unit < 0x100;
  }
  const encodings = [utf8.encode(text), little, big].map((bytes) => bytesToText(bytes, 0, bytes.length));
  return isLatin ? [...encodings, text] : encodings;
}
