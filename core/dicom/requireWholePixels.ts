import { dicomFault } from './dicomFault.ts';
import { expectedPixelBytes } from './expectedPixelBytes.ts';
import type { DicomFile } from './readDicom.ts';

/**
 * Refuses native Pixel Data that is shorter than the head says the image is: its length was damaged, and the rest of
 * the pixels would be lost as trailing bytes.
 * @throws DomainError DicomPixelsTooShort
 */
export function requireWholePixels(file: DicomFile): void {
  const { nativeBytes, head, index } = file;
  const needed = nativeBytes === undefined ? undefined : expectedPixelBytes(file);
  if (nativeBytes === undefined || needed === undefined || nativeBytes >= needed) return;
  const why = `its value is ${nativeBytes} bytes long, but the image needs ${needed}`;
  throw dicomFault('DicomPixelsTooShort', why, { offset: head.length, tag: index.tag[index.count - 1] ?? 0 });
}
