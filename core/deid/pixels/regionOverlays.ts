import { at } from '../../dicom/elementIndex.ts';
import type { DicomFile } from '../../dicom/readDicom.ts';
import { valueText } from '../../dicom/readText.ts';

/**
 * Groups (60xx) of overlays that mark a region: Overlay Type (60xx,0040) is R. Those that draw graphics (G) can hold
 * written names (PS3.3 §C.9.2).
 */
export function regionOverlays({ head, index }: Pick<DicomFile, 'head' | 'index'>): Set<number> {
  const groups = new Set<number>();
  for (let node = 0; node < index.count; node += 1) {
    const tag = at(index.tag, node);
    const isOverlayType = tag >>> 24 === 0x60 && (tag & 0xffff) === 0x40 && at(index.parent, node) === -1;
    if (isOverlayType && valueText(head, index, node) === 'R') groups.add(tag >>> 16);
  }
  return groups;
}
