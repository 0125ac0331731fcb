import { at } from '../dicom/elementIndex.ts';
import { expectedPixelBytes } from '../dicom/expectedPixelBytes.ts';
import { frameCount } from '../dicom/frameCount.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { isVideo } from '../dicom/transferSyntax.ts';
import type { AddFinding } from './Nonconformity.ts';

/** What can be found here. */
export const pixelCodes = ['FramesMissing', 'PixelsTooLong'] as const;

/**
 * Compares Pixel Data, once it has been read, with what the head says of it. Native pixels may have one byte of
 * padding (PS3.5 §8.1.1); each encapsulated frame takes one fragment at least (§A.4). Too few native bytes are no
 * finding but a refusal of the reader.
 */
export function checkPixels(file: DicomFile, add: AddFinding<(typeof pixelCodes)[number]>): void {
  const { nativeBytes, index, meta } = file;
  if (file.pixels === undefined) return;
  const place = { offset: at(index.start, index.count - 1), tag: at(index.tag, index.count - 1) };
  if (nativeBytes === undefined) {
    const frames = frameCount(file);
    const fragments = file.fragments();
    if (fragments >= frames || (fragments > 0 && isVideo(meta.transferSyntax))) return;
    add({ code: 'FramesMissing', message: `There are ${fragments} fragments for ${frames} frames`, place });
    return;
  }
  const expected = expectedPixelBytes(file);
  if (expected === undefined || nativeBytes <= expected + (expected % 2)) return;
  const message = `Its value is ${nativeBytes} bytes long, but the image takes ${expected}`;
  add({ code: 'PixelsTooLong', message, place });
}
