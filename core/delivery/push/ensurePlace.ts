import type { Delivery } from '../../submission/contracts/steps.ts';
import type { Ports } from '../../submission/ports.ts';
import { noteOwnSession, requireOwnLabels } from '../ownSession.ts';
import { holdLease, subjectLease } from '../turns/holdLease.ts';

/**
 * Makes the place of a delivery where it is absent, and notes its session. A session is made while nobody removes its
 * subject.
 * @throws DomainError XnatConflict, XnatBusy, and what the archive throws
 */
export async function ensurePlace(
  ports: Pick<Ports, 'work' | 'archive' | 'registers' | 'clock'>,
  submission: string,
  delivery: Delivery,
): Promise<void> {
  const ensure = () => ports.archive.ensureScan(delivery);
  const isStanding = await requireOwnLabels(ports, submission, delivery);
  if (isStanding) return ensure();
  await holdLease(ports, { name: subjectLease(delivery), holder: submission }, ensure);
  await noteOwnSession(ports, submission, delivery);
}
