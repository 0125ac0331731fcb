import { compareArchive } from '../submission/compareArchive.ts';
import { writeLines } from '../submission/documents.ts';
import { workKeys } from '../submission/keys.ts';
import type { Ports } from '../submission/ports.ts';
import type { ArchiveFinding, Confirmation, Delivery } from '../submission/steps.ts';
import { hashName, type ScanClaim } from './claims.ts';
import { sendPacks } from './sendPacks.ts';
import { keptArchive, type Turn } from './takeTurn.ts';

type ConfirmPorts = Pick<Ports, 'work' | 'clean' | 'archive'>;

interface Confirm {
  submission: string;
  attempt: number;
  delivery: Delivery;
  claim: ScanClaim;
  turn: Turn;
}

export interface Confirmed {
  files: Confirmation['files'];
  /** What is wrong now. */
  findings: ArchiveFinding[];
  /** Files that were wrong, and are right after they were sent once more. */
  repaired: number;
}

/**
 * Compares name, size and digest of every file of one scan with what XNAT itself lists. What this submission put there
 * and is lost or altered is sent once more, once an attempt; nothing of others is touched, so that a file too many, or
 * an altered file that stood before, is left for a person.
 */
export async function confirmDelivery(ports: ConfirmPorts, confirm: Confirm): Promise<Confirmed> {
  const first = await look(ports, confirm);
  if (first.findings.length === 0) return { ...first, repaired: 0 };
  const isOurs = first.findings.every(({ name }) => name !== undefined && confirm.claim.names.includes(name));
  if (!(await isFirstRepair(ports, confirm, first.findings)) || !isOurs) return { ...first, repaired: 0 };
  const wrong = new Set(first.findings.map(({ name }) => name));
  const { delivery, turn } = confirm;
  await ports.archive.ensureScan(delivery);
  await sendPacks(ports, delivery, { files: delivery.files.filter(({ name }) => wrong.has(name)), turn });
  const second = await look(ports, confirm);
  return { ...second, repaired: first.findings.length - second.findings.length };
}

async function look({ archive }: ConfirmPorts, { delivery, claim, turn }: Confirm) {
  const { equal, absent, different, foreign } = await compareArchive(keptArchive(archive, turn), delivery);
  const stood = new Set(claim.others);
  const findings: ArchiveFinding[] = [
    ...absent.map(({ file, name }) => ({ code: 'ArchiveFileMissing' as const, file, name })),
    ...different.map(({ file, name }) => ({ code: 'ArchiveFileAltered' as const, file, name })),
    // a name that is not ours may name a person, so it is counted and not told
    ...foreign
      .filter(({ name }) => !stood.has(hashName(name)))
      .map(() => ({ code: 'ArchiveFileForeign' as const, scan: delivery.scan.id })),
  ];
  const own = new Set(claim.names);
  const files = equal.map(({ awaited: { file, name }, listed: { uri, sizeBytes }, md5 }) => ({
    ...{ file, uri, sizeBytes, md5 },
    ...(!own.has(name) && { stood: true as const }),
  }));
  return { files, findings };
}

/** Leaves what was found, first of all: a file that has to be sent twice stays on record. */
async function isFirstRepair(
  { work }: ConfirmPorts,
  { submission, attempt, delivery }: Confirm,
  findings: ArchiveFinding[],
): Promise<boolean> {
  const key = workKeys.mismatches(submission, attempt, delivery.delivery);
  if ((await work.head(key)) !== undefined) return false;
  await writeLines(work, key, findings);
  return true;
}
