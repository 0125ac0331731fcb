import { at, flag } from '../dicom/elementIndex.ts';
import { expectedPixelBytes } from '../dicom/expectedPixelBytes.ts';
import { frameCount } from '../dicom/frameCount.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { readNumber } from '../dicom/readText.ts';
import { isVideo } from '../dicom/transferSyntax.ts';
import { vr } from '../dicom/vr.ts';
import type { AddFinding } from './Nonconformity.ts';

/** What can be found here. */
export const pixelCodes = ['FramesMissing', 'PixelsTooLong', 'VrUnexpected'] as const;

/**
 * Compares Pixel Data, once it has been read, with what the head says of it. Native pixels may have one byte of
 * padding (PS3.5 §8.1.1); each encapsulated frame takes one fragment at least (§A.4). Too few native bytes are no
 * finding but a refusal of the reader.
 */
export function checkPixels(file: DicomFile, add: AddFinding<(typeof pixelCodes)[number]>): void {
  const { nativeBytes, index, meta } = file;
  if (file.pixels === undefined) return;
  const place = { offset: at(index.start, index.count - 1), tag: at(index.tag, index.count - 1) };
  const wanted = wantedVr(file);
  if (wanted !== undefined) add({ code: 'VrUnexpected', message: wanted, place });
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

/** PS3.5 §A.2 to §A.4: compressed pixels are OB, and of native ones those of more than 8 bits are OW. */
function wantedVr(file: DicomFile): string | undefined {
  const { index, nativeBytes } = file;
  const last = index.count - 1;
  const written = at(index.vr, last);
  if (at(index.tag, last) !== 0x7fe00010 || (at(index.flags, last) & flag.explicit) === 0) return undefined;
  if (nativeBytes === undefined)
    return written === vr.OW ? 'It is written as OW, but compressed pixels are OB' : undefined;
  const isWide = (readNumber(file, 0x00280100) ?? 0) > 8;
  return isWide && written === vr.OB ? 'It is written as OB, but pixels of more than 8 bits are OW' : undefined;
}
