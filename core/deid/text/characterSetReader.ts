import { at } from '../../dicom/elementIndex.ts';
import type { DicomFile } from '../../dicom/readDicom.ts';
import { childOf, readText, valueText } from '../../dicom/readText.ts';

const specificCharacterSet = 0x00080005;

/**
 * Reads which Specific Character Set holds for an element: of the nearest item around it that has one (PS3.3
 * §C.12.1.1.2), or of the data set. Each item is looked at once, however many elements ask.
 */
export function characterSetReader({ head, index }: Pick<DicomFile, 'head' | 'index'>): (node: number) => string {
  /** By item, or -1: its own set; undefined where it has none. */
  const own = new Map<number, string | undefined>([[-1, readText(head, index, specificCharacterSet) ?? '']]);

  function ownSet(item: number): string | undefined {
    if (own.has(item)) return own.get(item);
    const node = at(index.vr, item) === 0 ? childOf(index, item, specificCharacterSet) : undefined;
    const set = node === undefined ? undefined : valueText(head, index, node);
    own.set(item, set);
    return set;
  }

  return (node) => {
    let holder = at(index.parent, node);
    let set = ownSet(holder);
    while (set === undefined && holder >= 0) {
      holder = at(index.parent, holder);
      set = ownSet(holder);
    }
    return set ?? '';
  };
}
