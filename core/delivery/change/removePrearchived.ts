import { DomainError } from '../../submission/codes/DomainError.ts';
import type { Ports } from '../../submission/ports.ts';
import { placedInPrearchive } from './placedInPrearchive.ts';
import type { PlacedSession } from './planWithdrawal.ts';
import type { Removed } from './removePlaced.ts';

/**
 * Takes a session out of XNAT's prearchive as a whole, and looks that it is gone from there: to the archive perhaps, which
 * is for the caller to look after. Safe to repeat.
 * @throws DomainError XnatBusy, RemovalIncomplete, XnatUnavailable, XnatRefused
 */
export async function removePrearchived(
  ports: Pick<Ports, 'work' | 'archive' | 'removal'>,
  { submission, placed }: { submission: string; placed: PlacedSession },
): Promise<Removed> {
  const standing = (await placedInPrearchive(ports, submission)).some(({ uri }) => uri === placed.uri);
  if (standing) await ports.removal.remove(placed.uri);
  if ((await ports.removal.listBelow(placed.uri)) === undefined) return { sessionRemoved: true, subjectRemoved: false };
  // XNAT answers 200 and removes nothing while it works on a session: then this says so
  await placedInPrearchive(ports, submission);
  throw new DomainError('RemovalIncomplete', 'Cannot withdraw: a session stands in the prearchive still, wanted none');
}
