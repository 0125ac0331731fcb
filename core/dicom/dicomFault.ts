import { DomainError } from '../submission/DomainError.ts';
import { type DicomFaultCode, dicomFaults } from './dicomFaults.ts';

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
export function dicomFault(code: DicomFaultCode, why: string, place: DicomPlace): DomainError {
  const element = place.tag === undefined ? 'DICOM' : `element ${formatTag(place.tag)}`;
  return new DomainError(code, `Cannot read ${element} at byte ${place.offset}: ${why}`, { cause: place });
}

/** The code and place of a refusal that dicomFault made; undefined for any other error. */
export function faultOf(error: unknown): { code: DicomFaultCode; message: string; place: DicomPlace } | undefined {
  if (!DomainError.is(error) || !isFaultCode(error.name)) return undefined;
  return { code: error.name, message: error.message, place: isPlace(error.cause) ? error.cause : { offset: 0 } };
}

function isFaultCode(code: string): code is DicomFaultCode {
  return Object.hasOwn(dicomFaults, code);
}

function isPlace(cause: unknown): cause is DicomPlace {
  return typeof cause === 'object' && cause !== null && 'offset' in cause && typeof cause.offset === 'number';
}
