import { at, type ElementIndex, flag, valueEnd } from './elementIndex.ts';

/** First number of an element of VR US; undefined where its value is shorter. */
export function readShort(head: Uint8Array, index: ElementIndex, node: number): number | undefined {
  const value = at(index.value, node);
  if (valueEnd(index, node) - value < 2) return undefined;
  const [first, second] = [head[value] ?? 0, head[value + 1] ?? 0];
  return (at(index.flags, node) & flag.bigEndian) === 0 ? (second << 8) | first : (first << 8) | second;
}
