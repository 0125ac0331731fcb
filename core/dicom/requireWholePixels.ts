import { dicomFault } from './dicomFault.ts';
import { at } from './elementIndex.ts';
import { expectedPixelBytes } from './expectedPixelBytes.ts';
import type { DicomFile } from './readDicom.ts';
import { isKnownTransferSyntax, isNative } from './transferSyntax.ts';

/**
 * Refuses Pixel Data in fragments where the transfer syntax has them native, and the other way about: what is
 * compressed would pass as native pixels, in which nobody looks for texts or blacks out names at the right place. And
 * native ones that are shorter than the head says the image is: their length was damaged, and the rest of the pixels
 * would be lost as trailing bytes.
 * @throws DomainError DicomDelimiterMisplaced, DicomPixelsTooShort
 */
export function requireWholePixels(file: DicomFile): void {
  const { nativeBytes, head, index, meta } = file;
  const last = index.count - 1;
  const tag = at(index.tag, last);
  const isPixelData = file.pixels !== undefined && tag === 0x7fe00010 && nativeBytes !== 0;
  if (isPixelData && isKnownTransferSyntax(meta.transferSyntax)) {
    const isDue = nativeBytes !== undefined;
    if (isNative(meta.transferSyntax) !== isDue) {
      const why = `its transfer syntax demands that it has ${isDue ? '' : 'no '}fragments`;
      throw dicomFault('DicomDelimiterMisplaced', why, { offset: at(index.start, last), tag });
    }
  }
  const needed = nativeBytes === undefined ? undefined : expectedPixelBytes(file);
  if (nativeBytes === undefined || needed === undefined || nativeBytes >= needed) return;
  const why = `its value is ${nativeBytes} bytes long, but the image needs ${needed}`;
  throw dicomFault('DicomPixelsTooShort', why, { offset: head.length, tag });
}
