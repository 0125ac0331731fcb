/** Control characters of texts (PS3.5 §6.1.3), and NUL that pads them. */
const readableControls = new Set([0, 0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

/** The first of some bytes that no text has; -1 where all can be of one. */
export function unreadableAt(bytes: Uint8Array, from: number, to: number): number {
  for (let position = from; position < to; position += 1) {
    const byte = bytes[position] ?? 0;
    if (byte < 0x20 && !readableControls.has(byte)) return position;
  }
  return -1;
}
