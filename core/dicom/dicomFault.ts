import { DomainError } from '../submission/codes/DomainError.ts';
import { type DicomFaultCode, dicomFaults } from './dicomFaults.ts';
import { lookUpVr } from './lookUpVr.ts';

/** Where a structure is at fault: byte offset (in the inflated data, when deflated) and element. */
export interface DicomPlace {
  offset: number;
  tag?: number;
}

/** `(gggg,eeee)`, as PS3.5 writes it. */
export function formatTag(tag: number): string {
  const digits = tag.toString(16).toUpperCase().padStart(8, '0');
  return `(${digits.slice(0, 4)},${digits.slice(4)})`;
}

/** A refusal of DICOM bytes. Its message and its cause tell the place, never a value. */
export function dicomFault(code: DicomFaultCode, why: string, { offset, tag }: DicomPlace): DomainError {
  const isTold = tag !== undefined && !isWords(tag);
  const element = isTold ? `element ${formatTag(tag)}` : 'DICOM';
  const place: DicomPlace = isTold ? { offset, tag } : { offset };
  return new DomainError(code, `Cannot read ${element} at byte ${offset}: ${why}`, { cause: place });
}

/**
 * True for what is no tag of PS3.6 and may be letters: behind a wrong length a reader takes the rest of a name for a
 * header, and its letters, in hexadecimal, for a tag. Two that stand side by side, in either order of bytes, are words.
 */
function isWords(tag: number): boolean {
  if (tag >>> 16 === 0xfffe || lookUpVr(tag) !== undefined) return false;
  const isLetter = (shift: number) => ((tag >>> shift) & 0xff) >= 0x20;
  const [first, second, third, fourth] = [isLetter(24), isLetter(16), isLetter(8), isLetter(0)];
  return (first && second) || (third && fourth) || (first && fourth) || (second && third);
}

/** The code and place of a refusal that dicomFault made; undefined for any other error. */
export function faultOf(error: unknown): { code: DicomFaultCode; message: string; place: DicomPlace } | undefined {
  if (!DomainError.is(error) || !isFaultCode(error.name)) return undefined;
  return { code: error.name, message: error.message, place: placeIn(error) ?? { offset: 0 } };
}

/** Where a refusal to read, to clean or to confirm bytes says that they are at fault. */
export const placeIn = ({ cause }: Error): DicomPlace | undefined => (isPlace(cause) ? cause : undefined);

function isFaultCode(code: string): code is DicomFaultCode {
  return Object.hasOwn(dicomFaults, code);
}

function isPlace(cause: unknown): cause is DicomPlace {
  return typeof cause === 'object' && cause !== null && 'offset' in cause && typeof cause.offset === 'number';
}
