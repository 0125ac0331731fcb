import { dicomFault } from './dicomFault.ts';
import type { DicomFile } from './readDicom.ts';
import { readNumber, readText } from './readText.ts';

/** Photometric interpretations that store fewer samples than they name (PS3.3 §C.7.6.3.1.2): parts of the full size. */
const subsampled: Record<string, number> = { YBR_FULL_422: 2 / 3, YBR_PARTIAL_422: 2 / 3, YBR_PARTIAL_420: 1 / 2 };

/**
 * Refuses native Pixel Data that is shorter than the head says the image is (PS3.5 §8.1.1): its length was damaged, and
 * the rest of the pixels would be lost as trailing bytes.
 * @throws DomainError DicomPixelsTooShort
 */
export function requireWholePixels({ nativeBytes, head, index }: DicomFile): void {
  if (nativeBytes === undefined) return;
  const number = (tag: number) => readNumber({ head, index }, tag);
  const rows = number(0x00280010);
  const columns = number(0x00280011);
  const bits = number(0x00280100);
  if (rows === undefined || columns === undefined || bits === undefined) return;
  const samples = rows * columns * (number(0x00280002) ?? 1) * (number(0x00280008) ?? 1);
  const needed = Math.floor((samples * (subsampled[readText(head, index, 0x00280004) ?? ''] ?? 1) * bits) / 8);
  if (nativeBytes >= needed) return;
  const why = `its value is ${nativeBytes} bytes long, but the image needs ${needed}`;
  throw dicomFault('DicomPixelsTooShort', why, { offset: head.length, tag: index.tag[index.count - 1] ?? 0 });
}
