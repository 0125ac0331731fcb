import type { DicomPlace } from './dicomFault.ts';
import { at } from './elementIndex.ts';
import type { DicomFile } from './readDicom.ts';

const transferSyntax = 0x00020010;

/** Where a top-level element stands, or would have come: at the next element, or at the last one. */
export function placeOf({ index, meta }: Pick<DicomFile, 'index' | 'meta'>, tag: number): Required<DicomPlace> {
  if (tag === transferSyntax) return { offset: meta.transferSyntaxOffset, tag };
  let last = 0;
  for (let node = 0; node < index.count; node += 1) {
    if (at(index.parent, node) !== -1) continue;
    last = at(index.start, node);
    if (at(index.tag, node) >= tag) break;
  }
  return { offset: last, tag };
}
