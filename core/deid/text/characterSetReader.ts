import { at } from '../../dicom/elementIndex.ts';
import type { DicomFile } from '../../dicom/readDicom.ts';
import { childOf, readText, valueText } from '../../dicom/readText.ts';

const specificCharacterSet = 0x00080005;

/**
 * Reads which Specific Character Set holds for an element: of the nearest item around it that has one (PS3.3
 * §C.12.1.1.2), or of the data set. Each item is looked at once, however many elements ask.
 */
export function characterSetReader({ head, index }: Pick<DicomFile, 'head' | 'index'>): (node: number) => string {
  const whole = readText(head, index, specificCharacterSet) ?? '';
  /** Sets of items, each once; the first is of those that have none. */
  const sets: (string | undefined)[] = [undefined];
  const numbers = new Map<string | undefined, number>([[undefined, 0]]);
  /** By item, when one is asked for: one more than a number of `sets`. A Map of a million items takes 100 MB. */
  let own: Uint32Array | undefined;

  function ownSet(item: number): string | undefined {
    if (item < 0) return whole;
    own ??= new Uint32Array(index.count);
    const known = at(own, item);
    return known > 0 ? sets[known - 1] : lookAt(item, own);
  }

  function lookAt(item: number, looked: Uint32Array): string | undefined {
    const node = at(index.vr, item) === 0 ? childOf(index, item, specificCharacterSet) : undefined;
    const set = node === undefined ? undefined : valueText(head, index, node);
    const number = numbers.get(set) ?? sets.push(set) - 1;
    numbers.set(set, number);
    looked[item] = number + 1;
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
