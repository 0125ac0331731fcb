import { DomainError } from '../../submission/codes/DomainError.ts';
import { isRecordOf } from '../../submission/contracts/keys.ts';
import type { Ports } from '../../submission/ports.ts';
import type { Removal } from '../../submission/Removal.ts';
import { holdLease, subjectLease, withdrawalHolder } from '../turns/holdLease.ts';
import type { PlacedSession } from './planWithdrawal.ts';

/** What is gone besides the files: only what the submission made itself, and what holds nothing else. */
export interface Removed {
  sessionRemoved: boolean;
  subjectRemoved: boolean;
  /** Names of the fields that were emptied in a session that stays. */
  fields?: string[];
}

/**
 * Takes out of XNAT's archive what one submission put into one session, and looks that it is gone. Safe to repeat.
 * @throws DomainError RemovalIncomplete, XnatBusy, XnatUnavailable, XnatRefused
 */
export async function removePlaced(
  ports: Pick<Ports, 'removal' | 'registers' | 'clock'>,
  { submission, placed }: { submission: string; placed: PlacedSession },
): Promise<Removed> {
  const { removal } = ports;
  for (const { uri, files } of placed.scans) {
    const isMade = placed.made.scans.some((scan) => uri === `${placed.uri}/scans/${encodeURIComponent(scan)}`);
    await removeScan(removal, { session: placed.uri, uri, files, isMade });
  }
  await removeRecord(removal, { session: placed.uri, submission });
  const sessionRemoved = placed.made.session && (await removeIfEmpty(removal, placed.uri));
  const { xnatProject } = placed;
  // between the look and the removal nobody makes a session of it
  const removeSubject = (subject: string) =>
    holdLease(
      ports,
      { name: subjectLease({ xnatProject, session: { subject } }), holder: withdrawalHolder(submission) },
      () => removeIfEmpty(removal, `/data/projects/${xnatProject}/subjects/${subject}`),
    );
  const subjectRemoved = sessionRemoved && placed.made.subject && (await removeSubject(placed.subject));
  for (const left of placed.subjects) await removeSubject(left);
  return { sessionRemoved, subjectRemoved, ...(!sessionRemoved && (await clearFields(removal, placed))) };
}

/** Of a session that stays. */
async function clearFields(removal: Removal, { uri, fields }: PlacedSession): Promise<Pick<Removed, 'fields'>> {
  const names = Object.keys(fields);
  if (names.length === 0) return {};
  const kept = await removal.clearFields(uri, fields);
  if (kept.length > 0) throw incomplete(`${kept.length} fields of a session`);
  return { fields: names };
}

interface PlacedScan {
  session: string;
  uri: string;
  files: readonly string[];
  isMade: boolean;
}

/** A scan that we made, and that holds nothing else, goes as a whole: XNAT rewrites its catalogue for each file. */
async function removeScan(removal: Removal, { session, uri, files, isMade }: PlacedScan): Promise<void> {
  const ours = new Set(files.map(tailOf));
  const listed = await removal.listFiles(uri);
  if (listed === undefined) return;
  if (isMade && listed.every((file) => ours.has(tailOf(file)))) {
    await removal.remove(uri);
    if ((await removal.listBelow(session))?.includes(uri)) throw incomplete('a scan');
    return;
  }
  for (const file of listed) if (ours.has(tailOf(file))) await removal.remove(file);
  const left = (await removal.listFiles(uri))?.filter((file) => ours.has(tailOf(file))).length ?? 0;
  if (left > 0) throw incomplete(`${left} files`);
}

/** Records of other submissions stay, and with them the session. */
async function removeRecord(removal: Removal, { session, submission }: { session: string; submission: string }) {
  const records = `${session}/resources/AIRLOCK`;
  const isOwn = (file: string) => isRecordOf(submission, file.slice(file.lastIndexOf('/') + 1));
  const own = (await removal.listFiles(records))?.filter(isOwn) ?? [];
  if (own.length === 0) return;
  for (const file of own) await removal.remove(file);
  if ((await removal.listFiles(records))?.some(isOwn)) throw incomplete('a receipt');
}

/** True when the item is gone. */
async function removeIfEmpty(removal: Removal, uri: string): Promise<boolean> {
  const below = await removal.listBelow(uri);
  if (below === undefined) return true;
  const files = await removal.listFiles(uri);
  if (below.length > 0 || (files ?? []).length > 0) return false;
  await removal.remove(uri);
  if ((await removal.listBelow(uri)) !== undefined) throw incomplete('an empty session or subject');
  return true;
}

/** XNAT names a file by its resource's number, whichever way the address begins. */
const tailOf = (uri: string) => uri.slice(uri.indexOf('/resources/'));

const incomplete = (what: string) =>
  new DomainError('RemovalIncomplete', `Cannot withdraw: ${what} stand in XNAT still, wanted none`);
