import { formatTag } from '../../core/dicom/dicomFault.ts';
import { at, flag, valueEnd } from '../../core/dicom/elementIndex.ts';
import { readDicom } from '../../core/dicom/readDicom.ts';
import { valueText } from '../../core/dicom/readText.ts';
import { isTextVr } from '../../core/dicom/vr.ts';
import type { Bytes } from '../../core/submission/ports.ts';
import { nodeCodecs } from './nodeCodecs.ts';

const shownCharacters = 64;

/**
 * Values of the elements before Pixel Data by path, like `(0040,0275)[1].(0040,0007)`, as a person reads them: text cut
 * to 64 characters, of numbers and bytes only how many. They identify people: for the person's own terminal alone.
 */
export async function valuesByPath(body: Bytes): Promise<Map<string, string>> {
  const iterator = body[Symbol.asyncIterator]();
  try {
    const { head, index } = await readDicom({ [Symbol.asyncIterator]: () => iterator }, nodeCodecs);
    const values = new Map<string, string>();
    const prefixes = new Map<number, string>([[-1, '']]);
    const items = new Map<number, number>();
    for (let node = 0; node < index.count; node += 1) {
      const parent = at(index.parent, node);
      const prefix = prefixes.get(parent) ?? '';
      if (at(index.vr, node) === 0) {
        const number = (items.get(parent) ?? 0) + 1;
        items.set(parent, number);
        prefixes.set(node, `${prefix}[${number}].`);
        continue;
      }
      const path = `${prefix}${formatTag(at(index.tag, node))}`;
      prefixes.set(node, path);
      if ((at(index.flags, node) & flag.container) !== 0) continue;
      const length = valueEnd(index, node) - at(index.value, node);
      values.set(path, isTextVr(at(index.vr, node)) ? printable(valueText(head, index, node)) : `${length} bytes`);
    }
    return values;
  } finally {
    await iterator.return?.();
  }
}

/** A terminal obeys control characters: none of a file's reaches it. */
function printable(text: string): string {
  const shown = text.slice(0, shownCharacters).replace(/\p{Cc}/gu, '·');
  return `"${shown}${text.length > shownCharacters ? '…' : ''}"`;
}
