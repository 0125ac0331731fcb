import { type DicomPlace, formatTag } from '../dicom/dicomFault.ts';
import { DomainError } from '../submission/codes/DomainError.ts';

/** Why a file that can be read is not de-identified: codes of findingCatalogue. */
type FileRefusalCode =
  | 'TransferSyntaxUnknown'
  | 'IdentityIncomplete'
  | 'DicomDirectory'
  | 'PixelsNotCleanable'
  | 'ResidualIdentifier';

/** A refusal to de-identify a readable file. Its message and its cause tell the place, never a value. */
export function fileRefusal(code: FileRefusalCode, why: string, place: Required<DicomPlace>): DomainError {
  const where = `element ${formatTag(place.tag)} at byte ${place.offset}`;
  return new DomainError(code, `Cannot de-identify ${where}: ${why}`, { cause: place });
}
