import { bytesToText } from '../dicom/bytesToText.ts';
import { vr } from '../dicom/vr.ts';
import { type CharacterWidth, characterBytes } from './characterBytes.ts';
import { escapedWidth } from './escapedWidth.ts';

/** How the bytes of text are read: by a fatal decoder, by ranges of single bytes, or by escape sequences. */
interface CharacterSet {
  /** True when the bytes can be read as text. */
  canDecode(bytes: Uint8Array): boolean;
  /** One byte for each character of what can be read; lacking where that is how it is written. */
  characters?(bytes: Uint8Array, vr: number): Uint8Array;
}

/** Begins a code extension, which sets that are named alone do not know (PS3.5 §6.1.3, §6.1.2.5). */
const esc = 0x1b;

/** G1 of the single-byte sets (PS3.3 Table C.12-2): 0xA0 on, but for what JIS X 0201 and TIS 620 leave free. */
const singleByteFrom = (least: number, most = 0xff): CharacterSet => ({
  canDecode: (bytes) => bytes.every((byte) => (byte < 0x80 ? byte !== esc : byte >= least && byte <= most)),
});

const decodedBy = (label: string, widthAt: CharacterWidth): CharacterSet => {
  const decoder = new TextDecoder(label, { fatal: true });
  return {
    canDecode(bytes) {
      if (bytes.includes(esc)) return false;
      try {
        decoder.decode(bytes);
        return true;
      } catch {
        return false;
      }
    },
    characters: (bytes) => characterBytes(bytes, widthAt),
  };
};

/** RFC 3629. */
const utf8Width: CharacterWidth = (bytes, at) => {
  const byte = bytes[at] ?? 0;
  return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
};

/** GBK is the part of GB 18030 whose characters take two bytes; where a digit comes second they take four. */
const chineseWidth: CharacterWidth = (bytes, at) => {
  if ((bytes[at] ?? 0) < 0x81) return 1;
  const second = bytes[at + 1] ?? 0;
  return second >= 0x30 && second <= 0x39 ? 4 : 2;
};

const latin = singleByteFrom(0xa0);
const byTerm = new Map<string, CharacterSet>([
  ['', { canDecode: (bytes) => bytes.every((byte) => byte < 0x80 && byte !== esc) }],
  ...['100', '101', '109', '110', '144', '127', '126', '138', '148', '203'].map((number): [string, CharacterSet] => [
    `ISO_IR ${number}`,
    latin,
  ]),
  ['ISO_IR 13', singleByteFrom(0xa1, 0xdf)],
  ['ISO_IR 166', singleByteFrom(0xa0, 0xfb)],
  ['ISO_IR 192', decodedBy('utf-8', utf8Width)],
  ['GB18030', decodedBy('gb18030', chineseWidth)],
  ['GBK', decodedBy('gbk', chineseWidth)],
]);

const extended = new Set(
  [
    '6',
    '13',
    '58',
    '87',
    '100',
    '101',
    '109',
    '110',
    '126',
    '127',
    '138',
    '144',
    '148',
    '149',
    '159',
    '166',
    '203',
  ].map((number) => `ISO 2022 IR ${number}`),
);

/** What may follow ESC (PS3.3 Tables C.12-3 and C.12-4). */
const escapes = /^(?:\([BJ]|\)I|-[ABCDFGHLMTb]|\$B|\$\(D|\$\)[AC])/;

const wide = new Set(['ISO 2022 IR 58', 'ISO 2022 IR 149']);

const escapedFrom = (first: string): CharacterSet => ({
  canDecode(bytes) {
    for (let from = bytes.indexOf(esc); from >= 0; from = bytes.indexOf(esc, from + 1)) {
      if (!escapes.test(bytesToText(bytes, from + 1, Math.min(bytes.length, from + 4)))) return false;
    }
    return true;
  },
  characters: (bytes, code) => characterBytes(bytes, escapedWidth({ isWide: wide.has(first), isName: code === vr.PN })),
});

/**
 * The character set that the value of (0008,0005) names; undefined when it names an unknown one, or several of which
 * one cannot be extended (PS3.3 §C.12.1.1.2).
 */
export function characterSetOf(value: string): CharacterSet | undefined {
  const terms = value.split('\\').map((term) => term.trim());
  const [first = ''] = terms;
  if (terms.length === 1 && !extended.has(first)) return byTerm.get(first);
  // the default repertoire may come first, unnamed
  return terms.every((term, position) => extended.has(term) || (position === 0 && term === ''))
    ? escapedFrom(first)
    : undefined;
}
