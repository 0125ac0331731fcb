import { at } from '../../dicom/elementIndex.ts';
import type { DicomFile } from '../../dicom/readDicom.ts';
import { readShort } from '../../dicom/readShort.ts';

/**
 * The element by which an overlay lies in unused bits of the pixels (PS3.3 §C.9.2, retired since 2004); undefined where
 * none does. The profile removes overlays, but pixels pass as they are. Overlay Bits Allocated (60xx,0100) is 1 for every
 * other overlay.
 */
export function embeddedOverlay({ head, index }: Pick<DicomFile, 'head' | 'index'>): number | undefined {
  for (let node = 0; node < index.count; node += 1) {
    const tag = at(index.tag, node);
    const isBitsAllocated = tag >>> 24 === 0x60 && (tag & 0xffff) === 0x100 && at(index.parent, node) === -1;
    if (isBitsAllocated && (readShort(head, index, node) ?? 1) !== 1) return tag;
  }
  return undefined;
}
