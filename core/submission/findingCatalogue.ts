import { type DicomFaultCode, dicomFaults } from '../dicom/dicomFaults.ts';

/** What becomes of a file: it goes on, waits for a person in quarantine, or stays with the site. */
export type Disposition = 'accept' | 'hold' | 'refuse';

interface FindingEntry {
  /** What the finding does to its file unless the project's policy re-classes it; 'accept' only informs. */
  disposition: Disposition;
  meaning: string;
  advice: string;
  /** True when a person may let the held file go on after looking at it; what cannot be cleaned never goes on. */
  releasable?: boolean;
}

const refuse = (meaning: string, advice: string): FindingEntry => ({ disposition: 'refuse', meaning, advice });
const hold = (meaning: string, advice: string): FindingEntry => ({ disposition: 'hold', meaning, advice });
const inform = (meaning: string, advice: string): FindingEntry => ({ disposition: 'accept', meaning, advice });

/** A file that cannot be read is refused, whatever the reason. */
const faults = Object.entries(dicomFaults).map(([code, { meaning, advice }]) => [code, refuse(meaning, advice)]);
const unreadable: Record<DicomFaultCode, FindingEntry> = Object.fromEntries(faults);

/** Every finding about one file, by code. Findings are data: expected, many, returned and never thrown. */
export const findingCatalogue = {
  ArrivalDigestMismatch: refuse('The bytes that arrived differ from the manifest', 'Send the file again'),
  PackEntryMissing: refuse('The pack does not hold the announced file', 'Pack and send the file again'),
  PackEntryBroken: refuse('The file cannot be unpacked', 'Pack and send the file again'),
  ...unreadable,
  TransferSyntaxUnknown: refuse('The transfer syntax is missing or unknown', 'Export with a standard transfer syntax'),
  IdentityIncomplete: refuse('SOP, study or series instance UID is missing', 'Export the file again from its source'),
  DicomDirectory: hold('A DICOMDIR lists names and cannot be cleaned', 'Exclude it: it is not needed'),
  EncapsulatedDocument: hold('An encapsulated document cannot be cleaned', 'A person must look at it'),
  StructuredReport: hold('A structured report holds free text', 'A person must look at it'),
  BurnedInRisk: { ...hold('Pixels may show a name or a date', 'A person must look at it'), releasable: true },
  PixelsNotCleanable: hold(
    'A rule blacks out parts of this image, but its pixels are compressed',
    'Decompress it and send it again',
  ),
  NotDeidentifiable: hold('The de-identification could not be proven complete', 'A person must look at it'),
  ResidualIdentifier: hold('An identifier of the input is left in the output', 'A person must look at it'),
  AlreadyDeidentified: inform('The file says that it was de-identified before', 'None: it was de-identified again'),
  PreambleExecutable: inform('The preamble looks like another file format; it was zeroed', 'None'),
  DuplicateInstance: inform('The same instance arrived twice with equal bytes; one was kept', 'None'),
  InstanceConflict: hold('Two different files carry one SOP instance UID', 'Decide which of them is right'),
} satisfies Record<string, FindingEntry>;

/** True when a person may release a file that was held for this finding. */
export function isReleasable(code: string): boolean {
  return Object.entries<FindingEntry>(findingCatalogue).some(
    ([name, { releasable }]) => name === code && releasable === true,
  );
}

export type FindingCode = keyof typeof findingCatalogue;
