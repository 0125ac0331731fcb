import { at, flag, valueEnd } from './elementIndex.ts';
import type { DicomFile } from './readDicom.ts';

/** Extended Offset Table and Extended Offset Table Lengths: numbers of 64 bits (PS3.3 §C.7.6.3.1.8). */
const tables = new Set([0x7fe00001, 0x7fe00002]);
/** 16 GiB, four bytes and a little: the frames of a file end before, and words are larger numbers. */
const highestOffset = 2n ** 34n;

/** The table whose numbers cannot be places in a file: it may hold words, and passes with the pixels. */
export function falseOffsets({ head, index }: Pick<DicomFile, 'head' | 'index'>): number | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  // They stand right before Pixel Data, the last element
  for (let node = index.count - 1; node >= 0 && at(index.tag, node) >= 0x7fe00000; node -= 1) {
    const isTable = tables.has(at(index.tag, node)) && at(index.parent, node) === -1;
    if (isTable && !holdsOffsets(view, index, node)) return at(index.tag, node);
  }
  return undefined;
}

function holdsOffsets(view: DataView, index: DicomFile['index'], node: number): boolean {
  const isLittle = (at(index.flags, node) & flag.bigEndian) === 0;
  const end = valueEnd(index, node);
  if ((end - at(index.value, node)) % 8 !== 0) return false;
  for (let position = at(index.value, node); position < end; position += 8)
    if (view.getBigUint64(position, isLittle) >= highestOffset) return false;
  return true;
}
