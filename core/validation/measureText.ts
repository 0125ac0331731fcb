import { vr } from '../dicom/vr.ts';
import type { ValueRule } from './valueRules.ts';

/** What one pass over the bytes of a text value tells. */
interface TextMeasure {
  /** Values, parted by backslashes. */
  values: number;
  /** Bytes of the longest value; for PN of its longest component group, parted by `=`. */
  longest: number;
  /** True when a byte is beyond ASCII or starts an escape sequence: the character set decides what it means. */
  isEncoded: boolean;
  /** True when there is a character that the VR does not allow. */
  isForbidden: boolean;
}

const backslash = 0x5c;
const equals = 0x3d;
const esc = 0x1b;

/**
 * Reads bytes [from, to) without padding once. In multi-byte sets a byte may look like a backslash: where `isEncoded`
 * comes with a set that is no single-byte one, the counts do not hold.
 */
export function measureText(
  bytes: Uint8Array,
  { from, to, vr: code }: { from: number; to: number; vr: number },
  { allowed, isMultiple }: ValueRule,
): TextMeasure {
  const isName = code === vr.PN;
  let values = 1;
  let longest = 0;
  let isEncoded = false;
  let isForbidden = false;
  let start = from;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    if ((isMultiple && byte === backslash) || (isName && byte === equals)) {
      longest = Math.max(longest, at - start);
      start = at + 1;
      values += byte === backslash ? 1 : 0;
    } else if (allowed[byte] === 0) {
      isForbidden = true;
    } else {
      isEncoded ||= byte > 0x7f || byte === esc;
    }
  }
  return { values, longest: Math.max(longest, to - start), isEncoded, isForbidden };
}
