import { at, flag, valueEnd } from '../dicom/elementIndex.ts';
import type { DicomFile } from '../dicom/readDicom.ts';

/**
 * The element by which an overlay lies in unused bits of the pixels (PS3.3 §C.9.2, retired since 2004); undefined where
 * none does. The profile removes overlays, but pixels pass as they are. Overlay Bits Allocated (60xx,0100) is 1 for every
 * other overlay.
 */
export function embeddedOverlay({ head, index }: Pick<DicomFile, 'head' | 'index'>): number | undefined {
  for (let node = 0; node < index.count; node += 1) {
    const tag = at(index.tag, node);
    const isBitsAllocated = tag >>> 24 === 0x60 && (tag & 0xffff) === 0x100 && at(index.parent, node) === -1;
    if (!isBitsAllocated || valueEnd(index, node) - at(index.value, node) !== 2) continue;
    const isBig = (at(index.flags, node) & flag.bigEndian) !== 0;
    if (new DataView(head.buffer, head.byteOffset).getUint16(at(index.value, node), !isBig) !== 1) return tag;
  }
  return undefined;
}
