import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { requireAttempt } from '../../submission/attempts/advance.ts';
import { DomainError } from '../../submission/codes/DomainError.ts';
import type { Delivery } from '../../submission/contracts/steps.ts';
import type { PrearchivedSession } from '../../submission/PrearchivedSession.ts';
import type { Ports } from '../../submission/ports.ts';
import { compareInstances } from '../confirm/compareInstances.ts';
import { subjectLease } from '../turns/holdLease.ts';
import { takeTurn } from '../turns/takeTurn.ts';
import { findPrearchived } from './findPrearchived.ts';

interface Settle {
  submission: string;
  attempt: number;
  policy: ProjectPolicy;
  deliveries: AsyncIterable<Delivery>;
  /** Called before the wait for a curator. */
  onWaiting: (counts: { sessions: number; files: number }) => Promise<void>;
}

/**
 * Brings sessions from the prearchive into the archive once all of their files are there, where the policy says so;
 * otherwise a curator does, and is waited for. Sessions that are archived already are left alone.
 * @throws DomainError XnatUncommitted, ArchiveMismatch, XnatConflict, XnatBusy and what the archive throws
 */
export async function settlePrearchive(
  ports: Pick<Ports, 'ledger' | 'archive' | 'registers' | 'clock'>,
  { submission, attempt, policy, deliveries, onWaiting }: Settle,
): Promise<void> {
  const waiting = await findWaiting(ports.archive, deliveries);
  if (waiting.missing > 0) {
    throw new DomainError(
      'ArchiveMismatch',
      `Cannot confirm the submission: ${waiting.missing} files are neither in XNAT's archive nor in its prearchive`,
    );
  }
  if (waiting.sessions.size === 0) return;
  if (!policy.delivery.commit) {
    const { size: sessions } = waiting.sessions;
    await onWaiting({ sessions, files: waiting.files });
    throw new DomainError(
      'XnatUncommitted',
      `Cannot confirm the submission: ${sessions} sessions wait for their curator`,
    );
  }
  for (const [id, session] of waiting.sessions) {
    const job = `${submission}-a${attempt}-${id}`;
    const wanted = { policy, session: session.label, shared: [session.subjectLease], submission };
    await takeTurn(ports, wanted, async () => {
      await requireAttempt(ports.ledger, { submission, attempt });
      await ports.archive.commit(session, job);
    });
  }
}

interface Waiting {
  /** In the prearchive, with every file that was sent; by the id of its session. */
  sessions: Map<string, PrearchivedSession & { xnatProject: string; label: string; subjectLease: string }>;
  files: number;
  missing: number;
}

async function findWaiting(archive: Ports['archive'], deliveries: AsyncIterable<Delivery>): Promise<Waiting> {
  const waiting: Waiting = { sessions: new Map(), files: 0, missing: 0 };
  for await (const delivery of deliveries) {
    // what is no DICOM comes after its session
    if (delivery.scan.resource !== undefined) continue;
    const archived = await compareInstances(archive, delivery);
    if (archived.equal.length === delivery.files.length) continue;
    const found = await findPrearchived(archive, delivery);
    const absent = found?.absent ?? delivery.files;
    waiting.missing += absent.length;
    waiting.files += delivery.files.length - absent.length;
    const { id, session: label } = delivery.session;
    if (found === undefined) continue;
    const { xnatProject } = delivery;
    waiting.sessions.set(id, { ...found.session, xnatProject, label, subjectLease: subjectLease(delivery) });
  }
  return waiting;
}
