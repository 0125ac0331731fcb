import { nativeLayout, type PixelLayout } from '../../dicom/blankRectangles.ts';
import type { DicomFile } from '../../dicom/readDicom.ts';
import { readNumber, readText } from '../../dicom/readText.ts';
import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import type { Rectangle } from '../../policy/Rectangle.ts';
import type { BlankedPixels } from '../../submission/contracts/steps.ts';

/** What is to be blacked out in a file, in every frame. */
export interface Blanking {
  rectangles: Rectangle[];
  layout: PixelLayout;
}

/** What evidence and receipts tell of it. */
export function blankedOf({ rectangles, layout }: Blanking): BlankedPixels {
  return { frames: layout.frames, rectangles };
}

/**
 * Rectangles of all the policy's rules that fit a file by modality, model, rows and columns (Clean Pixel Data Option,
 * PS3.15 §E.3.1); undefined when no rule fits, or when the file has no pixels. Where a rule fits and nothing can be
 * blacked out without decoding, the answer is 'unable'.
 */
export function planBlanking(file: DicomFile, { deid }: ProjectPolicy): Blanking | 'unable' | undefined {
  const { head, index, pixels } = file;
  if (pixels === undefined || deid.cleanPixels.length === 0) return undefined;
  const modality = readText(head, index, 0x00080060);
  const model = readText(head, index, 0x00081090);
  const rows = readNumber({ head, index }, 0x00280010);
  const columns = readNumber({ head, index }, 0x00280011);
  const rectangles = deid.cleanPixels
    .filter((rule) => rule.modality === modality && rule.rows === rows && rule.columns === columns)
    .filter(({ manufacturerModel = model }) => manufacturerModel === model)
    .flatMap((rule) => rule.rectangles);
  if (rectangles.length === 0) return undefined;
  const layout = nativeLayout(file);
  return layout === undefined ? 'unable' : { rectangles, layout };
}
