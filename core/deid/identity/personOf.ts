import type { DicomFile } from '../../dicom/readDicom.ts';
import { readText } from '../../dicom/readText.ts';
import type { DicomFact } from '../../submission/contracts/steps.ts';
import { keyedDigest, nameOf } from './keyedDigest.ts';

/**
 * Pseudonyms of what a file calls its patient, to be compared with other files of the same patient: of the name without
 * what writers add or leave out (case, spaces, empty components, other alphabets), and of the birth date.
 */
export function personOf({ head, index }: Pick<DicomFile, 'head' | 'index'>, key: Uint8Array): DicomFact['person'] {
  const name = plainName(readText(head, index, 0x00100010) ?? '');
  const birthDate = (readText(head, index, 0x00100030) ?? '').replaceAll('.', '').trim();
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
