import { DomainError } from '../../submission/codes/DomainError.ts';
import type { Delivery } from '../../submission/contracts/steps.ts';
import type { PrearchivedSession } from '../../submission/PrearchivedSession.ts';
import type { Archive } from '../../submission/ports.ts';

interface Found {
  session: PrearchivedSession;
  /** Files of the delivery that its scan does not hold. */
  absent: Delivery['files'];
}

/**
 * The session of a delivery in XNAT's prearchive; undefined where there is none.
 * @throws DomainError XnatBusy while XNAT works on it; XnatConflict when XNAT gave up on it, when there are several, or
 *   when its scan holds files of others
 */
export async function findPrearchived(
  archive: Pick<Archive, 'listPrearchived'>,
  delivery: Delivery,
): Promise<Found | undefined> {
  const [session, ...others] = await archive.listPrearchived(delivery);
  if (session === undefined) return undefined;
  if (others.length > 0) throw conflict(delivery, `holds it ${others.length + 1} times`);
  if (session.state === 'refused') throw conflict(delivery, 'could not archive it');
  if (session.state === 'busy') {
    throw new DomainError('XnatBusy', `Cannot deliver ${delivery.delivery}: XNAT is working on its session`);
  }
  const held = new Set(session.scans.find(({ scan }) => scan === delivery.scan.scan)?.names);
  const absent = delivery.files.filter(({ name }) => !held.delete(name));
  if (held.size > 0) throw conflict(delivery, `holds ${held.size} other files in its scan`);
  return { session, absent };
}

const conflict = ({ delivery }: Delivery, state: string) =>
  new DomainError('XnatConflict', `Cannot deliver ${delivery}: XNAT's prearchive ${state}, wanted our session alone`);
