import type { DicomFile } from './readDicom.ts';
import { readNumber } from './readText.ts';

/** Number of Frames; one frame where a file gives no number, or none above zero. */
export const frameCount = (file: Pick<DicomFile, 'head' | 'index'>): number =>
  Math.max(1, readNumber(file, 0x00280008) ?? 1);
