import type { DicomFile } from '../../dicom/readDicom.ts';
import { readText } from '../../dicom/readText.ts';
import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { keyedDigest, nameOf } from './keyedDigest.ts';

const instanceTags = [0x00080018, 0x0020000d, 0x0020000e] as const;
const patientId = 0x00100020;
const method = 0x00120063;
const prefix = 'XNAT Airlock ';

interface MarkedOutput {
  /** Patient ID of the output. */
  subject: string;
  /** SOP, study and series instance UID of the output. */
  uids: readonly string[];
}

function ownMark(key: Uint8Array, { deid }: ProjectPolicy, { subject, uids }: MarkedOutput): string {
  return prefix + nameOf(keyedDigest(key, 'output', [deid.dates, String(deid.retainUids), subject, ...uids]));
}

/**
 * A value of De-identification Method that only the holder of the project's key can write: it binds subject and UIDs
 * that the file has after de-identification, and how UIDs and dates were treated.
 * @param mapUid from a UID of the input to one of the output
 */
export function markOutput(
  { head, index }: Pick<DicomFile, 'head' | 'index'>,
  by: { key: Uint8Array; policy: ProjectPolicy; subject: string; mapUid: (uid: string) => string },
): string {
  const uids = instanceTags.map((tag) => readText(head, index, tag));
  const mapped = uids.map((uid) => (uid === undefined ? '' : by.mapUid(uid)));
  return ownMark(by.key, by.policy, { subject: by.subject, uids: mapped });
}

/**
 * True for a file that this project de-identified before, with the same treatment of UIDs and dates: its UIDs and dates
 * must not be changed a second time, or the file would become another instance. Everything else is done again.
 */
export function isOwnOutput(
  { head, index }: Pick<DicomFile, 'head' | 'index'>,
  key: Uint8Array,
  policy: ProjectPolicy,
): boolean {
  const text = (tag: number) => readText(head, index, tag) ?? '';
  const methods = text(method);
  if (!methods.includes(prefix)) return false;
  const mark = ownMark(key, policy, { subject: text(patientId), uids: instanceTags.map(text) });
  return methods.split('\\').some((each) => each.trim() === mark);
}
