import { isUid } from '../../dicom/isUid.ts';
import type { DicomFile } from '../../dicom/readDicom.ts';
import { readText } from '../../dicom/readText.ts';
import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { dateShiftDays } from './dateShiftDays.ts';
import { mapUid } from './mapUid.ts';
import { isOwnOutput } from './ownMark.ts';
import { patientOf } from './patientOf.ts';

/** How what identifies one file is mapped. Two readings of a file must not differ here: both ask this. */
export interface IdentityMap {
  /** Keyed pseudonym of the patient. */
  patient: string;
  /** True for a file that this project de-identified before: its UIDs and dates are mapped already. */
  isOwnOutput: boolean;
  /** Of an instance, a series or a study: what each is called afterwards. */
  mapUid: (uid: string) => string;
  /** What stands for a UID that may not stay. */
  newUid: (uid: string) => string;
  /** By how many days dates move; 0 where they are retained, or were moved before. */
  shiftDays: number;
}

/** What a subject is called where a site asked for no label. */
const pseudonymLabel = /^(?:SUB-)?([0-9A-HJKMNP-TV-Z]{12})$/;

/** @param key the project's key */
export function identityMap(
  file: Pick<DicomFile, 'head' | 'index'>,
  { key, policy }: { key: Uint8Array; policy: ProjectPolicy },
): IdentityMap {
  const { dates, retainUids } = policy.deid;
  const isOwn = isOwnOutput(file, key, policy);
  const label = isOwn ? pseudonymLabel.exec(readText(file.head, file.index, 0x00100020) ?? '')?.[1] : undefined;
  const patient = label ?? patientOf(file, key);
  // What is no UID may be anything: it is mapped even where UIDs are retained
  const keep = (uid: string) => (isUid(uid) ? uid : mapUid(key, uid));
  const newUid = (uid: string) => (isOwn ? keep(uid) : mapUid(key, uid));
  return {
    patient,
    isOwnOutput: isOwn,
    mapUid: (uid) => (retainUids ? keep(uid) : newUid(uid)),
    newUid,
    shiftDays: dates === 'shift' && !isOwn ? dateShiftDays(key, patient) : 0,
  };
}
