/** So many arguments of a call every JavaScript engine takes. */
const longestCall = 4096;

/**
 * Bytes from start to end, one a character, as ISO 8859-1: bytes stay bytes, no character set is applied. By one call
 * for many bytes: character by character each takes a string of its own.
 */
export function bytesToText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let from = start; from < end; from += longestCall) {
    text += Reflect.apply(String.fromCharCode, undefined, bytes.subarray(from, Math.min(end, from + longestCall)));
  }
  return text;
}
