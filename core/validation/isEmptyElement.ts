import { at, isContainer, valueEnd } from '../dicom/elementIndex.ts';
import type { DicomFile } from '../dicom/readDicom.ts';

/** True for an element without a value, and for a sequence without items. Pixel Data has its value behind the head. */
export function isEmptyElement({ index, pixels }: Pick<DicomFile, 'index' | 'pixels'>, node: number): boolean {
  if (pixels !== undefined && node === index.count - 1) return false;
  const length = valueEnd(index, node) - at(index.value, node);
  return length === 0 && (!isContainer(index, node) || at(index.parent, node + 1) !== node);
}
