import type { DicomFile } from '../../dicom/readDicom.ts';
import { readText } from '../../dicom/readText.ts';
import { patientPseudonym } from './patientPseudonym.ts';

/**
 * The pseudonym of a file's patient: of id and issuer; without an id of name and birth date; without a name of the
 * study, so that two unnamed patients are not taken for one.
 */
export function patientOf({ head, index }: Pick<DicomFile, 'head' | 'index'>, key: Uint8Array): string {
  const text = (tag: number) => readText(head, index, tag);
  const patientId = text(0x00100020);
  if (patientId !== undefined) return patientPseudonym(key, patientId, text(0x00100021));
  const name = text(0x00100010);
  if (name !== undefined) return patientPseudonym(key, `name\0${name}\0${text(0x00100030) ?? ''}`);
  return patientPseudonym(key, `study\0${text(0x0020000d) ?? ''}`);
}
