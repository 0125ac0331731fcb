import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

interface PixelsOf {
  seed: string;
  series: number;
  instance: number;
  rows: number;
  columns: number;
}

const airValue = 24;
const tissueValue = 1064;
const lungValue = 224;

/**
 * A slice that looks like a chest: a body, two lungs, noise. 12 bits stored in 16, little endian, row by row. The noise
 * is a seeded xorshift generator, so that slices differ, do not compress to nothing, and are the same every time.
 */
export function synthesizeCtPixels({ seed, series, instance, rows, columns }: PixelsOf): Uint8Array {
  const digest = sha256(utf8ToBytes(`pixels/${seed}/${series}/${instance}`));
  let state = new DataView(digest.buffer).getUint32(0) | 1;
  const pixels = new Uint8Array(rows * columns * 2);
  const breath = 0.02 * Math.sin(instance / 7);
  let position = 0;
  for (let row = 0; row < rows; row += 1) {
    const y = (2 * row) / rows - 1;
    for (let column = 0; column < columns; column += 1) {
      const x = (2 * column) / columns - 1;
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const value = valueAt(x, y, breath) + (state & 31);
      pixels[position] = value & 0xff;
      pixels[position + 1] = value >> 8;
      position += 2;
    }
  }
  return pixels;
}

function valueAt(x: number, y: number, breath: number): number {
  const body = (x / 0.85) ** 2 + (y / 0.65) ** 2;
  if (body > 1) return airValue;
  const lung = ((Math.abs(x) - 0.4) / (0.26 + breath)) ** 2 + (y / (0.45 + breath)) ** 2;
  return lung < 1 ? lungValue : tissueValue;
}
