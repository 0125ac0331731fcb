import { compareArchive } from '../../submission/checking/compareArchive.ts';
import type { ArchiveFinding, Confirmation, Delivery } from '../../submission/contracts/steps.ts';
import type { Ports } from '../../submission/ports.ts';
import type { ScanClaim } from '../claims.ts';
import { requireOwnLabels } from '../ownSession.ts';
import { ensurePlace } from '../push/ensurePlace.ts';
import { sendPacks } from '../push/sendPacks.ts';
import { keptArchive, type Turn } from '../turns/takeTurn.ts';
import { archiveFindings } from './archiveFindings.ts';
import { keepMismatches } from './keepMismatches.ts';

type ConfirmPorts = Pick<Ports, 'work' | 'clean' | 'archive' | 'registers' | 'clock'>;

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
 * @throws DomainError XnatConflict where its session has other labels by now, XnatBusy, and what the archive throws
 */
export async function confirmDelivery(ports: ConfirmPorts, confirm: Confirm): Promise<Confirmed> {
  await requireOwnLabels(ports, confirm.submission, confirm.delivery);
  const first = await look(ports, confirm);
  if (first.findings.length === 0) return { ...first, repaired: 0 };
  const isOurs = first.findings.every(({ name }) => name !== undefined && confirm.claim.names.includes(name));
  const { submission, attempt, delivery, turn } = confirm;
  // first of all: a file that has to be sent twice stays on record
  const kept = { submission, attempt, delivery: delivery.delivery };
  const isFirst = await keepMismatches(ports.work, kept, first.findings);
  if (!isFirst || !isOurs) return { ...first, repaired: 0 };
  const wrong = new Set(first.findings.map(({ name }) => name));
  await ensurePlace(ports, submission, delivery);
  await sendPacks(ports, delivery, { files: delivery.files.filter(({ name }) => wrong.has(name)), turn });
  const second = await look(ports, confirm);
  return { ...second, repaired: first.findings.length - second.findings.length };
}

async function look({ archive }: ConfirmPorts, { delivery, claim, turn }: Confirm) {
  const { equal, ...compared } = await compareArchive(keptArchive(archive, turn), delivery);
  const own = new Set(claim.names);
  const files = equal.map(({ awaited: { file, name }, listed: { uri, sizeBytes }, md5 }) => ({
    ...{ file, uri, sizeBytes, md5 },
    ...(!own.has(name) && { stood: true as const }),
  }));
  return { files, findings: archiveFindings(compared, { claim, delivery }) };
}
