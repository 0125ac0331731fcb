import type { Ports } from '../../submission/ports.ts';
import { claimOnce, hashName, ScanClaim } from '../claims.ts';
import { compareInstances } from '../confirm/compareInstances.ts';
import { requireOwnLabels } from '../ownSession.ts';
import { claimSession } from './claimSession.ts';
import { findPrearchived } from './findPrearchived.ts';
import type { Push } from './pushDelivery.ts';
import { requireAddable } from './requireAddable.ts';

/**
 * Brings one scan into XNAT's prearchive by the import service. Looks before it writes: what is in the archive, or in
 * the prearchive, is not sent again.
 * @throws DomainError LabelTaken, StudyElsewhere, SessionExists, ScanTaken, XnatConflict, and what the archive throws
 */
export async function pushPrearchive(
  ports: Pick<Ports, 'work' | 'clean' | 'archive' | 'registers'>,
  push: Push,
): Promise<void> {
  const { archive, clean, work } = ports;
  const { submission, delivery, turn } = push;
  const session = await claimSession(ports, push);
  await requireOwnLabels(ports, submission, delivery);
  const archived = await compareInstances(archive, delivery);
  await claimOnce(work, { submission, id: delivery.delivery, schema: ScanClaim }, async () => {
    requireAddable(push, session, archived);
    const others = archived.foreign.map(({ name }) => hashName(name));
    return { names: archived.absent.map(({ name }) => name), others };
  });
  // it stood before, or an earlier attempt has brought it in
  if (archived.equal.length === delivery.files.length) return;
  const found = await findPrearchived(archive, delivery);
  const awaited = new Set((found?.absent ?? delivery.files).map(({ pack }) => pack));
  for (const { key } of delivery.packs) {
    await turn.keep();
    if (awaited.has(key)) await archive.importPack(delivery, { body: turn.keeping(clean.read(key)) });
  }
}
