import { at, type ElementIndex, valueEnd } from '../../dicom/elementIndex.ts';
import { valueText } from '../../dicom/readText.ts';
import { bytesPerNumber, isStream, isTextVr, vr } from '../../dicom/vr.ts';

interface Place {
  head: Uint8Array;
  index: ElementIndex;
  node: number;
}

/**
 * True where a number is due by the VR, and what stands there is words: whoever writes a text into such an element says
 * so by another VR, or by a length that no number has. Only numbers pass as numbers.
 */
export function isFalseNumber(place: Place, due: number): boolean {
  const { index, node } = place;
  const written = at(index.vr, node);
  const bytes = isStream(due) ? 0 : bytesPerNumber(due);
  if (isTextNumber(due) || (bytes > 0 && isTextNumber(written))) return holdsWords(place);
  if (bytes === 0) return false;
  return isTextVr(written) || (written === vr.UN && (at(index.end, node) - at(index.value, node)) % bytes !== 0);
}

const isTextNumber = (code: number) => code === vr.DS || code === vr.IS;

function holdsWords({ head, index, node }: Place): boolean {
  let letters = 0;
  for (let position = at(index.value, node); position < valueEnd(index, node) && letters < 3; position += 1) {
    const byte = head[position] ?? 0;
    if (byte > 0x7e) return true;
    const small = byte | 0x20;
    letters = small >= 0x61 && small <= 0x7a ? letters + 1 : 0;
  }
  if (letters < 3) return false;
  const words = valueText(head, index, node).match(/[a-z]{3,}/gi) ?? [];
  return words.some((word) => !/^(?:nan|inf|infinity)$/i.test(word));
}
