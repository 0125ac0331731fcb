import type { DicomPlace } from '../dicom/dicomFault.ts';
import type { FindingCode } from '../submission/codes/findingCatalogue.ts';

/** One departure of a readable file from the standard: which rule, where, and in numbers; never a value. */
export interface Nonconformity<Code extends FindingCode = FindingCode> {
  code: Code;
  place: DicomPlace;
  message: string;
}

/** Takes the findings of one check, which can have these codes and no other. */
export type AddFinding<Code extends FindingCode> = (found: Nonconformity<Code>) => void;
