import { placeOf } from '../dicom/placeOf.ts';
import type { DicomFile } from '../dicom/readDicom.ts';
import { findElement, readNumber, readText } from '../dicom/readText.ts';
import type { AddFinding } from './Nonconformity.ts';
import { hasModule } from './requirementsOf.ts';

/** What can be found here. */
export const conditionCodes = ['AttributeMissing'] as const;

/** The top level of one file, as conditions read it. */
interface Reading {
  sopClass: string;
  has: (tag: number) => boolean;
  text: (tag: number) => string;
  number: (tag: number) => number;
}

/** An attribute of Type 1C or 2C whose condition the file itself can decide (PS3.3 §7.4). */
interface Condition {
  /** The mandatory module that states it; undefined where it follows from the attribute beside it, in any module. */
  module?: string;
  tags: readonly number[];
  type: 1 | 2;
  isDue: (file: Reading) => boolean;
  /** Says when, in the words of PS3.3. */
  when: string;
}

/** Of CT and MR in their old and enhanced forms (§C.7.3.1). */
const positioned = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(?:2|4|2\.1|4\.1|4\.2|4\.3)$/;
const isAnimal = ({ has }: Reading) => has(0x00102201) || has(0x00102202);
const isDeidentified = ({ text }: Reading) => text(0x00120062) === 'YES';

const conditions: readonly Condition[] = [
  {
    module: 'image-pixel',
    tags: [0x00280006],
    type: 1,
    isDue: ({ number }) => number(0x00280002) > 1,
    when: 'there is more than one sample a pixel',
  },
  {
    module: 'image-pixel',
    tags: [0x00281101, 0x00281102, 0x00281103],
    type: 1,
    isDue: ({ text }) => text(0x00280004) === 'PALETTE COLOR',
    when: 'colors come from a palette',
  },
  {
    module: 'image-pixel',
    tags: [0x7fe00010],
    type: 1,
    isDue: ({ has }) => !has(0x00287fe0),
    when: 'no URL provides the pixels',
  },
  {
    module: 'multi-frame',
    tags: [0x00280009],
    type: 1,
    isDue: ({ number }) => number(0x00280008) > 1,
    when: 'there is more than one frame',
  },
  { tags: [0x00281051], type: 1, isDue: ({ has }) => has(0x00281050), when: 'there is a window center' },
  { tags: [0x00281053], type: 1, isDue: ({ has }) => has(0x00281052), when: 'there is a rescale intercept' },
  {
    module: 'mr-image',
    tags: [0x00180082],
    type: 2,
    isDue: ({ text }) => text(0x00180020).split('\\').includes('IR'),
    when: 'the sequence is an inversion recovery',
  },
  {
    module: 'general-series',
    tags: [0x00185100],
    type: 2,
    isDue: ({ sopClass, has }) => positioned.test(sopClass) && !has(0x00540410),
    when: 'CT or MR has no patient orientation code',
  },
  {
    module: 'patient',
    tags: [0x00102293, 0x00102294, 0x00102297, 0x00102299],
    type: 2,
    isDue: isAnimal,
    when: 'the patient is an animal',
  },
  {
    module: 'patient',
    tags: [0x00102298],
    type: 1,
    isDue: ({ text }) => text(0x00102297) !== '',
    when: 'there is a responsible person',
  },
  {
    module: 'patient',
    tags: [0x00120063],
    type: 1,
    isDue: (file) => isDeidentified(file) && !file.has(0x00120064),
    when: 'the identity was removed and no code says how',
  },
];

/**
 * Checks attributes of Type 1C and 2C at the top level whose condition the file itself decides. Most conditions are
 * prose on the device or the patient (a paired organ, a contrast agent): those are not checked.
 */
export function checkConditions(
  file: DicomFile,
  sopClass: string,
  add: AddFinding<(typeof conditionCodes)[number]>,
): void {
  const { head, index } = file;
  const reading: Reading = {
    sopClass,
    has: (tag) => findElement(index, tag) !== undefined,
    text: (tag) => readText(head, index, tag) ?? '',
    number: (tag) => readNumber(file, tag) ?? 0,
  };
  for (const { module, tags, type, isDue, when } of conditions) {
    if ((module !== undefined && !hasModule(sopClass, module)) || !isDue(reading)) continue;
    for (const tag of tags.filter((each) => !reading.has(each))) {
      const message = `It is missing, but of Type ${type}C, and ${when}`;
      add({ code: 'AttributeMissing', message, place: placeOf(file, tag) });
    }
  }
}
