import type { SubmissionState } from './states.ts';

/** How each state is told to people, the same in the portal, the command line and messages. */
interface StateWords {
  label: string;
  meaning: string;
}

/** Only `archived` is told as done: what was uploaded is not archived. */
export const stateWords: Record<SubmissionState, StateWords> = {
  draft: { label: 'Draft', meaning: 'Nothing has been sent' },
  uploading: { label: 'Uploading', meaning: 'Files are on their way to staging, or wait to be sent' },
  submitted: {
    label: 'Uploaded – being processed',
    meaning: 'All files are in staging; nothing is in the archive yet',
  },
  validating: { label: 'Checking', meaning: 'Every file is read and compared with what you announced' },
  held: { label: 'Held for review', meaning: 'A person must look at it; nothing goes on until then' },
  anonymizing: {
    label: 'De-identifying',
    meaning: 'Names and other identifiers are removed by the rules of the project',
  },
  checking: { label: 'Checking what was cleaned', meaning: 'Images must be unchanged and no identifier may be left' },
  pushing: { label: 'Archiving', meaning: 'The cleaned files are written into XNAT' },
  confirming: { label: 'Reading back from the archive', meaning: 'Every file in XNAT is compared with what was sent' },
  archived: { label: 'Archived and verified', meaning: 'Read back from XNAT and proven equal; your receipt is ready' },
  rejected: { label: 'Rejected', meaning: 'Nothing was archived' },
  failed: { label: 'Failed', meaning: 'Processing stopped; your files are kept in staging and it can go on later' },
  relabelling: {
    label: 'Being relabelled',
    meaning: 'Its session in XNAT is given another label or subject; the files stay as they are',
  },
  withdrawing: { label: 'Being withdrawn', meaning: 'What was sent is being removed, in storage and in the archive' },
  withdrawn: { label: 'Withdrawn', meaning: 'What was sent was removed; the certificate says so' },
  expired: { label: 'Expired', meaning: 'It was not sent in time and what was sent has been deleted' },
};
