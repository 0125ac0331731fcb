import { textReadings } from './textReadings.ts';

/** Names of HTML for marks over and under letters, as the marks that Unicode sets behind one. */
const marks: Record<string, string> = {
  ...{ acute: '\u0301', caron: '\u030c', cedil: '\u0327', circ: '\u0302' },
  ...{ grave: '\u0300', ring: '\u030a', tilde: '\u0303', uml: '\u0308' },
};
const named = /&([a-z])(acute|caron|cedil|circ|grave|ring|tilde|uml);/gi;
const numbered = /&#(\d{1,6});|&#x([0-9a-f]{1,5});|\\u([0-9a-f]{4})/gi;
/** Of addresses and of mail. */
const bytes = /(?:[%=][0-9a-f]{2})+/gi;

/** A plain text with the letters that HTML, JSON, addresses and mail write by numbers and names; undefined without any. */
export function unescaped(text: string): string | undefined {
  if (!/[&%=\\]/.test(text)) return undefined;
  const letters = text
    .replace(named, (_, letter: string, mark: string) => `${letter}${marks[mark.toLowerCase()] ?? ''}`)
    .replace(/&szlig;/gi, 'ß')
    .replace(numbered, (_, decimal?: string, hex?: string, json?: string) =>
      String.fromCodePoint(decimal === undefined ? Number.parseInt(hex ?? json ?? '', 16) : Number(decimal)),
    )
    .replace(bytes, (digits) => textReadings(bytesOf(digits), 'ISO_IR 192')[0] ?? '');
  return letters === text ? undefined : letters.normalize('NFC');
}

const bytesOf = (digits: string) =>
  digits.replace(/.([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)));
