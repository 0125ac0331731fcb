/** A view of a few bytes takes longer than to copy them one by one. */
const shortRange = 64;

/** Copies bytes of a range, of which most have a few, to a position. */
export function copyBytes(source: Uint8Array, from: number, to: number, target: Uint8Array, position: number): void {
  if (to - from > shortRange) target.set(source.subarray(from, to), position);
  else for (let i = from; i < to; i += 1) target[position + i - from] = source[i] ?? 0;
}
