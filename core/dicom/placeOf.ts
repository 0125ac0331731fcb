import type { DicomPlace } from './dicomFault.ts';
import { at } from './elementIndex.ts';
import type { DicomFile } from './readDicom.ts';

const transferSyntax = 0x00020010;

/** Where a top-level element stands, or would have come: at the next element, or behind the last one. */
export function placeOf(
  { index, head, meta }: Pick<DicomFile, 'index' | 'head' | 'meta'>,
  tag: number,
): Required<DicomPlace> {
  if (tag === transferSyntax) return { offset: meta.transferSyntaxOffset, tag };
  for (let node = 0; node < index.count; node += 1) {
    if (at(index.parent, node) === -1 && at(index.tag, node) >= tag) return { offset: at(index.start, node), tag };
  }
  return { offset: head.length, tag };
}
