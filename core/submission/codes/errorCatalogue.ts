import { type DicomFaultCode, dicomFaults } from '../../dicom/dicomFaults.ts';
import { type FindingCode, findingCatalogue } from './findingCatalogue.ts';

/** What a refusal means and what a person does about it. Docs, problem+json and the runbook read this one table. */
interface ErrorEntry {
  meaning: string;
  action: string;
  /** True when the same call may succeed later without a change by the caller. */
  retryable: boolean;
}

const entry = (meaning: string, action: string, retryable = false): ErrorEntry => ({ meaning, action, retryable });

function ofFinding(code: FindingCode): ErrorEntry {
  const { meaning, advice } = findingCatalogue[code];
  return entry(meaning, advice);
}

const faults = Object.entries(dicomFaults).map(([code, { meaning, advice }]) => [code, entry(meaning, advice)]);
const dicomEntries: Record<DicomFaultCode, ErrorEntry> = Object.fromEntries(faults);

/** Every refusal of the system, by code. A finding about one file is not here but in findingCatalogue.ts. */
export const errorCatalogue = {
  // requests
  RequestInvalid: entry('The request body or a parameter does not fit the schema', 'Correct the fields that are named'),
  Unauthenticated: entry('There is no valid token', 'Sign in again'),
  Forbidden: entry('The token does not allow this', 'Ask an administrator for the role or site'),
  RouteNotFound: entry('There is no such route', 'Check the address'),
  SubmissionNotFound: entry('This site has no such submission', 'Check the submission id'),
  ProjectNotFound: entry('This site has no such project', 'Check the project, or ask an administrator to add it'),
  ReceiptNotReady: entry('The submission is not archived yet', 'Wait until its state is archived', true),
  CertificateNotReady: entry('The submission is not withdrawn yet', 'Wait until its state is withdrawn', true),
  StateConflict: entry('The submission is not in a state that allows this', 'Read its state, then decide'),
  LedgerConflict: entry('Another writer changed the submission first', 'Read it again, then repeat', true),
  LimitExceeded: entry('A named limit is exceeded', 'Send less at once'),
  // upload
  ManifestInvalid: entry('The manifest does not fit the schema', 'Send it with a current client'),
  ManifestMissing: entry('The announced manifest did not arrive', 'Send the manifest, then commit'),
  ManifestMismatch: entry('What arrived differs from the manifest', 'Send the missing objects, or start anew'),
  ObjectNotFound: entry('The submission has no such object', 'Sign its parts first'),
  ObjectMissing: entry('An announced object is not complete', 'Complete its upload, then commit'),
  UploadExpired: entry(
    'The upload rested for too long, and storage has given up its parts',
    'Send the submission anew',
  ),
  PartMissing: entry('An announced part did not arrive', 'Send the part again'),
  PartDigestMismatch: entry('A stored part differs from what was announced', 'Send the part again'),
  PackInvalid: entry('A pack is not a readable ZIP', 'Pack the files again'),
  // pipeline
  BatchIncomplete: entry('A batch left no result', 'Re-drive the submission'),
  PolicyInvalid: entry(
    'The policy of a project does not fit, or asks for what cannot be done',
    'Correct what is named, then deploy it',
  ),
  PolicyChanged: entry(
    'The policy of the project changed on the way',
    'Resume it: it begins anew under the new policy',
  ),
  IntegrityMismatch: entry('Bytes changed where they must not', 'Do not retry blindly: read the finding'),
  ResidualIdentifier: entry('An identifier is left after de-identification', 'Correct the profile, then re-drive'),
  XnatUnavailable: entry('XNAT does not answer', 'None: delivery is tried again', true),
  XnatBusy: entry('Somebody else writes there, or too many write at once', 'None: delivery takes its turn', true),
  XnatPaused: entry('The project delivers at other hours, or is paused', 'None: delivery waits for its hours', true),
  XnatUncommitted: entry(
    "All of it is in XNAT's prearchive, and nobody has archived it yet",
    'Archive the session in XNAT: it is looked for again and again',
    true,
  ),
  XnatRefused: entry('XNAT refuses the request', 'Check the XNAT account and project'),
  XnatConflict: entry('XNAT holds something else under this name', 'Choose another label, or ask the curator'),
  LabelTaken: entry(
    'Another session in XNAT has this label',
    'Choose another label, or ask the curator; what asked for a new label gets another one when it is resumed',
  ),
  LabelUnproven: entry(
    'What tells whether a label names the patient is no longer kept',
    'Rename the session in XNAT itself, if you know that the label names nobody',
  ),
  SessionUnclear: entry(
    'The submission has several sessions, or none of this label',
    'Name one by the label that it has in XNAT',
  ),
  StudyElsewhere: entry('XNAT holds this study under another label', 'Ask the curator which of them is right'),
  SessionExists: entry(
    'XNAT holds this session already, and adding to it was not asked for',
    'Send it with onConflict append or new-label, if the project allows that',
  ),
  ScanTaken: entry(
    'The scan in XNAT holds other files than those sent',
    'Part of a scan again, or more of it: send it with onConflict append, if the project allows that. Other bytes under the same names: ask the curator which of them is right',
  ),
  ArchiveMismatch: entry('XNAT does not hold what was sent', 'Re-drive; if it stays, ask the XNAT administrator'),
  ArchiveAltered: entry(
    'XNAT no longer holds the files as the receipt says',
    'Ask the curator what became of them; `airlock verify --archive` names them',
  ),
  RemovalIncomplete: entry(
    'Something that was to be removed is still there',
    'Check the XNAT account that removes, then re-drive',
  ),
  StorageUnavailable: entry('Object storage does not answer', 'None: the step is tried again', true),
  UnexpectedFault: entry('A fault the system does not know', 'Re-drive; if it stays, report the submission id'),
  // dicom files (whole-file refusals; offsets and tags are in the finding)
  ...dicomEntries,
  // dicom files that can be read (the same as findings)
  TransferSyntaxUnknown: ofFinding('TransferSyntaxUnknown'),
  IdentityIncomplete: ofFinding('IdentityIncomplete'),
  DicomDirectory: ofFinding('DicomDirectory'),
  PixelsNotCleanable: ofFinding('PixelsNotCleanable'),
  NotDeidentifiable: entry('The file cannot be de-identified', 'Exclude the file, or correct the policy'),
  // receipts
  ReceiptInvalid: entry(
    'The receipt or its signature does not verify',
    'Fetch the receipt again; do not trust this one',
  ),
  CertificateInvalid: entry(
    'The deletion certificate or its signature does not verify',
    'Fetch it again; do not trust this one',
  ),
  ChainBroken: entry('The audit chain does not verify', 'Inform the compliance officer'),
} satisfies Record<string, ErrorEntry>;

export type DomainErrorCode = keyof typeof errorCatalogue;
