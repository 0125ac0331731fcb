import { type DicomFaultCode, dicomFaults } from '../../dicom/dicomFaults.ts';

/** What becomes of a file: it goes on, waits for a person in quarantine, or stays with the site. */
export type Disposition = 'accept' | 'hold' | 'refuse';

/** How bad it is: it keeps the file out, it needs a look or departs from the standard, it only tells. */
export type Severity = 'error' | 'warning' | 'info';

/** The severity of what a project has re-classed, and of everything else that is not said to be worse. */
export const severityOf = { refuse: 'error', hold: 'warning', accept: 'info' } as const satisfies Record<
  Disposition,
  Severity
>;

interface FindingEntry {
  severity: Severity;
  /** What the finding does to its file unless the project's policy re-classes it; 'accept' only informs. */
  disposition: Disposition;
  meaning: string;
  advice: string;
  /** True when a person may let the held file go on after looking at it; what cannot be cleaned never goes on. */
  releasable?: boolean;
}

const entry = (disposition: Disposition) => (meaning: string, advice: string) => ({
  ...{ severity: severityOf[disposition], disposition, meaning, advice },
});
const refuse = entry('refuse');
const hold = entry('hold');
const inform = entry('accept');
/** A departure from the standard: it goes on, and somebody should know. */
const warn = (meaning: string, advice: string): FindingEntry => ({ ...inform(meaning, advice), severity: 'warning' });

/** A file that cannot be read is refused, whatever the reason. */
const faults = Object.entries(dicomFaults).map(([code, { meaning, advice }]) => [code, refuse(meaning, advice)]);
const unreadable: Record<DicomFaultCode, FindingEntry> = Object.fromEntries(faults);

/** Every finding about one file, by code. Findings are data: expected, many, returned and never thrown. */
export const findingCatalogue = {
  ArrivalDigestMismatch: refuse('The bytes that arrived differ from the manifest', 'Send the file again'),
  PackEntryMissing: refuse('The pack does not hold the announced file', 'Pack and send the file again'),
  PackEntryBroken: refuse('The file cannot be unpacked', 'Pack and send the file again'),
  FileUnreadable: refuse(
    'This computer cannot read the file',
    'Check that you may read it, and that the disk is sound',
  ),
  FileFailed: hold(
    'Airlock failed at this file by a fault of its own',
    'Report the fault that is told: the file may be as sound as any other',
  ),
  ...unreadable,
  TransferSyntaxUnknown: refuse('The transfer syntax is missing or unknown', 'Export with a standard transfer syntax'),
  IdentityIncomplete: refuse(
    'The UID of class, instance, study or series is missing or invalid',
    'Export the file again from its source',
  ),
  DicomDirectory: hold('A DICOMDIR lists names and cannot be cleaned', 'Exclude it: it is not needed'),
  EncapsulatedDocument: hold('An encapsulated document cannot be cleaned', 'A person must look at it'),
  StructuredReport: hold('A structured report holds free text', 'A person must look at it'),
  BurnedInRisk: { ...hold('Pixels may show a name or a date', 'A person must look at it'), releasable: true },
  LabelIdentifies: {
    ...hold(
      'A label that was asked for holds a name, an id or a date of the file',
      'Choose another label; where ids are codes already, the project may accept it',
    ),
    releasable: true,
  },
  CompressedText: {
    ...hold('The compressed image carries text of its own, outside of its pixels', 'A person must look at it'),
    releasable: true,
  },
  Recording: {
    ...hold('A recording or a film with sound may name or show a person', 'A person must look at it and listen to it'),
    releasable: true,
  },
  PixelsFollowed: {
    ...hold('Pixel Data goes on behind the image, and not with zeros', 'A person must look at it'),
    releasable: true,
  },
  PixelsNotCleanable: hold(
    'A rule blacks out parts of this image, but its pixels are compressed',
    'Decompress it and send it again',
  ),
  NotDeidentifiable: hold('The de-identification could not be proven complete', 'A person must look at it'),
  ResidualIdentifier: hold('An identifier of the input is left in the output', 'A person must look at it'),
  AlreadyDeidentified: inform('The file says that it was de-identified before', 'None: it was de-identified again'),
  PreambleExecutable: inform('The preamble looks like another file format; it was zeroed', 'None'),
  DuplicateInstance: inform('The same instance arrived twice with equal bytes; one was kept', 'None'),
  // rules over the files of a submission
  StudyOfSeveralPatients: {
    ...hold('One study has files of several patients', 'Find out whose study it is'),
    releasable: true,
  },
  PatientOfSeveralNames: warn(
    'Files of one patient have several names or birth dates',
    'Find out whether two people share the patient id',
  ),
  SeriesInSeveralStudies: {
    ...hold('One series lies in several studies', 'Find out which study it belongs to'),
    releasable: true,
  },
  SeriesOfSeveralModalities: warn('One series has files of several modalities', 'Check that the series is right'),
  InstanceNumberRepeated: warn('Two instances of a series have one number', 'Check that no file was renumbered'),
  InstanceNumberGap: warn('Instance numbers of a series are not in a row', 'Check that no file was forgotten'),
  // conformance: nothing of it keeps a file from the archive unless the project says so, but for lost frames
  SopClassUnknown: warn('The SOP class is not one of PS3.6', 'Check that the archive can use such files'),
  FileMetaDiffers: warn('The file meta group contradicts the data set', 'None: the data set counts'),
  AttributeMissing: warn('An attribute that the IOD requires is missing', 'Complete it at the source if it matters'),
  AttributeEmpty: warn('An attribute that must have a value is empty', 'Complete it at the source if it matters'),
  VrUnexpected: warn('An attribute has another VR than the standard gives it', 'Update the software that wrote it'),
  ValueInvalid: warn(
    'A value is not written as its VR demands, or is a day or a number that it cannot be',
    'Correct it at the source if it matters',
  ),
  ValueTooLong: warn('A value has more characters than its VR allows', 'Shorten it at the source if it matters'),
  ValueLengthInvalid: warn('A value has a length that its VR cannot have', 'Update the software that wrote it'),
  MultiplicityInvalid: warn('An attribute has too many or too few values', 'Correct it at the source if it matters'),
  UidInvalid: warn('A UID is not written as one', 'Update the software that wrote it'),
  CharacterSetUnknown: warn('The character set is not known', 'Update the software that wrote it'),
  TextUndecodable: warn('A text cannot be read in the character set stated', 'Names in it may be unreadable: check it'),
  PixelsTooLong: warn('Pixel Data is longer than the image', 'Check that rows, columns and frames are right'),
  FramesMissing: {
    ...hold('Pixel Data has fewer frames than the file says', 'Export the file again from its source'),
    releasable: true,
  },
  FindingsOmitted: inform('There are more departures than are listed', 'See the others first'),
  InstanceConflict: hold('Two different files carry one SOP instance UID', 'Decide which of them is right'),
  OtherFile: {
    ...hold('The file is no DICOM: it is neither examined nor changed, and may hold names', 'A person must look at it'),
    releasable: true,
  },
  ResourceUnplaced: hold(
    'The file is no DICOM, and which scan or session it belongs to cannot be told',
    'Put it into the folder of the one session, or scan, that it belongs to',
  ),
  ArchiveFileMissing: hold(
    'XNAT has lost the file after it was sent',
    'None: it is sent once more; then a person looks',
  ),
  ArchiveFileAltered: hold('XNAT holds other bytes than were sent', 'None: it is sent once more; then a person looks'),
  ArchiveFileForeign: hold('The scan in XNAT holds a file of somebody else', 'Ask the curator; it is not touched'),
} satisfies Record<string, FindingEntry>;

/** True when a person may release a file that was held for this finding. */
export function isReleasable(code: string): boolean {
  return Object.entries<FindingEntry>(findingCatalogue).some(
    ([name, { releasable }]) => name === code && releasable === true,
  );
}

export type FindingCode = keyof typeof findingCatalogue;
