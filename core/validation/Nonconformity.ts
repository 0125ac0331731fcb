import type { DicomPlace } from '../dicom/dicomFault.ts';
import type { FindingCode } from '../submission/findingCatalogue.ts';

/** One departure of a readable file from the standard: which rule, where, and in numbers; never a value. */
export interface Nonconformity {
  code: FindingCode;
  place: DicomPlace;
  message: string;
}
