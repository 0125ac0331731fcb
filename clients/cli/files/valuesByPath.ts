import { bytesToText } from '../../../core/dicom/bytesToText.ts';
import { at, isContainer, valueEnd } from '../../../core/dicom/elementIndex.ts';
import { pathReader } from '../../../core/dicom/pathReader.ts';
import { type DicomFile, readDicom } from '../../../core/dicom/readDicom.ts';
import { textRange } from '../../../core/dicom/readText.ts';
import { isTextVr } from '../../../core/dicom/vr.ts';
import type { Bytes } from '../../../core/submission/ports.ts';
import { nodeCodecs } from './nodeCodecs.ts';

const shownCharacters = 64;

/**
 * Values of some elements before Pixel Data by path, like `(0040,0275)[1].(0040,0007)`, as a person reads them: text cut
 * to 64 characters, of numbers and bytes only how many. They identify people: for the person's own terminal alone.
 */
export async function valuesByPath(body: Bytes, wanted: ReadonlySet<string>): Promise<Map<string, string>> {
  const iterator = body[Symbol.asyncIterator]();
  try {
    const file = await readDicom({ [Symbol.asyncIterator]: () => iterator }, nodeCodecs);
    const values = readValues(file, wanted);
    file.release();
    return values;
  } finally {
    await iterator.return?.();
  }
}

function readValues({ head, index }: DicomFile, wanted: ReadonlySet<string>): Map<string, string> {
  const values = new Map<string, string>();
  const pathOf = pathReader(index);
  for (let node = 0; node < index.count && values.size < wanted.size; node += 1) {
    const path = pathOf(node);
    if (isContainer(index, node) || !wanted.has(path)) continue;
    const length = valueEnd(index, node) - at(index.value, node);
    values.set(path, isTextVr(at(index.vr, node)) ? shownText(head, index, node) : `${length} bytes`);
  }
  return values;
}

/** A terminal obeys control characters: none of a file's reaches it. */
function shownText(head: Uint8Array, index: DicomFile['index'], node: number): string {
  const { start, end } = textRange(head, index, node);
  const shown = bytesToText(head, start, Math.min(end, start + shownCharacters)).replace(/\p{Cc}/gu, '·');
  return `"${shown}${end - start > shownCharacters ? '…' : ''}"`;
}
