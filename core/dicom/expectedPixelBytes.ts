import { frameCount } from './frameCount.ts';
import type { DicomFile } from './readDicom.ts';
import { readNumber, readText } from './readText.ts';

/** Photometric interpretations that store fewer samples than they name (PS3.3 §C.7.6.3.1.2): sixths of the full size. */
const subsampled: Record<string, number> = { YBR_FULL_422: 4, YBR_PARTIAL_422: 4, YBR_PARTIAL_420: 3 };

/**
 * Bytes of native Pixel Data that the head describes, without padding (PS3.5 §8.1.1): frames of single bits follow one
 * another within a byte. Undefined where it lacks rows, columns or bits.
 */
export function expectedPixelBytes({ head, index }: Pick<DicomFile, 'head' | 'index'>): number | undefined {
  const number = (tag: number) => readNumber({ head, index }, tag);
  const rows = number(0x00280010);
  const columns = number(0x00280011);
  const bits = number(0x00280100);
  if (rows === undefined || columns === undefined || bits === undefined) return undefined;
  const samples = rows * columns * (number(0x00280002) ?? 1) * frameCount({ head, index });
  return Math.ceil((samples * (subsampled[readText(head, index, 0x00280004) ?? ''] ?? 6) * bits) / 48);
}
