import type { CharacterWidth } from './characterBytes.ts';

const esc = 0x1b;

/** What sequences behind ESC say of the bytes below 0x80, and from it on: how many take a character (PS3.3 §C.12.1.1.2). */
const sequences: ReadonlyArray<readonly [start: string, of: 'low' | 'high', bytes: 1 | 2]> = [
  ...(['$B', '$(D'] as const).map((start) => [start, 'low', 2] as const),
  ...(['(B', '(J'] as const).map((start) => [start, 'low', 1] as const),
  ...(['$)C', '$)A'] as const).map((start) => [start, 'high', 2] as const),
  ...([')I', '-'] as const).map((start) => [start, 'high', 1] as const),
];

/** Where what a sequence said ends (PS3.5 §6.1.2.5.3): at TAB, LF, FF, CR and backslash, and between parts of a name. */
const delimiters = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x5c]);
const nameDelimiters = new Set([...delimiters, 0x3d, 0x5e]);

interface Written {
  /** True where (0008,0005) names a set of two bytes first, which then needs no sequence. */
  isWide: boolean;
  isName: boolean;
}

/** Widths of characters of one text in ISO 2022: call it for each in order. */
export function escapedWidth({ isWide, isName }: Written): CharacterWidth {
  const atFirst = { low: 1, high: isWide ? 2 : 1 };
  const ends = isName ? nameDelimiters : delimiters;
  let widths = { ...atFirst };
  return (bytes, at) => {
    const byte = bytes[at] ?? 0;
    if (byte === esc) return -takeSequence(bytes, at + 1);
    if (byte >= 0x80) return widths.high;
    if (byte > 0x20 && widths.low === 2) return 2;
    if (ends.has(byte)) widths = { ...atFirst };
    return 1;
  };

  /** Answers how many bytes it takes with its ESC. */
  function takeSequence(bytes: Uint8Array, at: number): number {
    const text = String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0);
    const found = sequences.find(([start]) => text.startsWith(start));
    if (found !== undefined) widths[found[1]] = found[2];
    return /^\$[()]/.test(text) ? 4 : 3;
  }
}
