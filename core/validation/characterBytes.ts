/** Bytes that the character at an offset takes, at least 1; negative for bytes that are no character. */
export type CharacterWidth = (bytes: Uint8Array, at: number) => number;

/** What stands for a character beyond ASCII, whatever it is. */
const beyondAscii = 0x80;

/**
 * One byte for each character of an encoded text: ASCII as it is, 0x80 for any other; so that it is counted, and parted,
 * as other text is. By widths alone: it takes no longer than a copy, whatever the bytes are.
 */
export function characterBytes(encoded: Uint8Array, widthAt: CharacterWidth): Uint8Array {
  const characters = new Uint8Array(encoded.length);
  let count = 0;
  for (let at = 0; at < encoded.length; ) {
    const width = widthAt(encoded, at);
    if (width > 0) {
      characters[count] = width === 1 ? (encoded[at] ?? 0) : beyondAscii;
      count += 1;
    }
    at += Math.abs(width);
  }
  return characters.subarray(0, count);
}
