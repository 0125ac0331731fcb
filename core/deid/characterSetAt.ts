import { at } from '../dicom/elementIndex.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { readText, valueText } from '../dicom/readText.ts';
import { childOf } from './decideContentItem.ts';

const specificCharacterSet = 0x00080005;

/** Specific Character Set of the nearest item around an element that has one (PS3.3 §C.12.1.1.2), or of the data set. */
export function characterSetAt({ head, index }: Pick<DicomFile, 'head' | 'index'>, node: number): string {
  for (let item = at(index.parent, node); item >= 0; item = at(index.parent, item)) {
    const own = childOf(index, item, specificCharacterSet);
    if (own !== undefined) return valueText(head, index, own);
  }
  return readText(head, index, specificCharacterSet) ?? '';
}
