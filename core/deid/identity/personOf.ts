import type { DicomFile } from '../../dicom/readDicom.ts';
import { readText } from '../../dicom/readText.ts';
import type { DicomFact } from '../../submission/contracts/steps.ts';
import { keyedDigest, nameOf } from './keyedDigest.ts';

/**
 * Pseudonyms of what a file calls its patient, to be compared with other files of the same patient: of the name without
 * what writers add or leave out (case, spaces, empty components, other alphabets), and of the birth date.
 */
export function personOf({ head, index }: Pick<DicomFile, 'head' | 'index'>, key: Uint8Array): DicomFact['person'] {
  const texts = [0x00100010, 0x00100030].map((tag) => readText(head, index, tag) ?? '');
  const said = texts.join('\0');
  const persons = known.get(key) ?? new Map<string, DicomFact['person']>();
  known.set(key, persons);
  const made = persons.get(said);
  if (made !== undefined) return made;
  const person = pseudonymsOf(texts, key);
  if (persons.size >= knownLimit) persons.clear();
  if (said.length <= longestKnown) persons.set(said, person);
  return person;
}

/** Files of one study say the same of their patient: one object stands for all that do. */
const known = new WeakMap<Uint8Array, Map<string, DicomFact['person']>>();
const knownLimit = 4096;
/** A longer text is none that files share. */
const longestKnown = 512;

function pseudonymsOf([nameText = '', dateText = '']: readonly string[], key: Uint8Array): DicomFact['person'] {
  const name = plainName(nameText);
  const birthDate = dateText.replaceAll('.', '').trim();
  if (name === '' && birthDate === '') return undefined;
  return {
    ...(name === '' ? {} : { name: nameOf(keyedDigest(key, 'name', [name])) }),
    ...(birthDate === '' ? {} : { birthDate: nameOf(keyedDigest(key, 'birth date', [birthDate])) }),
  };
}

function plainName(text: string): string {
  const [group = ''] = text.split('=');
  const words = group.toUpperCase().split(/[\^\s]+/);
  return words.filter((word) => word !== '').join(' ');
}
