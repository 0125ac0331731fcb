import { DomainError } from '../submission/DomainError.ts';
import type { Ports } from '../submission/ports.ts';
import { claimSession } from './claimSession.ts';
import { claimOnce, ScanClaim } from './claims.ts';
import { compareInstances } from './compareInstances.ts';
import { findPrearchived } from './findPrearchived.ts';
import type { Push } from './pushDelivery.ts';

/**
 * Brings one scan into XNAT's prearchive by the import service. Looks before it writes: what is in the archive, or in
 * the prearchive, is not sent again.
 * @throws DomainError LabelTaken, StudyElsewhere, SessionExists, XnatConflict, and what the archive throws
 */
export async function pushPrearchive(
  ports: Pick<Ports, 'work' | 'clean' | 'archive' | 'registers'>,
  push: Push,
): Promise<void> {
  const { archive, clean, work } = ports;
  const { submission, delivery, onConflict, turn } = push;
  const claim = await claimSession(ports, push);
  // an earlier attempt may have brought it in already
  const archived = await compareInstances(archive, delivery);
  if (archived.equal.length === delivery.files.length) return;
  if (claim.scans.length > 0 && onConflict !== 'append') {
    throw new DomainError(
      'SessionExists',
      `Cannot push ${delivery.delivery}: ${claim.standing} holds ${claim.scans.length} scans, wanted nothing there or leave to append`,
    );
  }
  const names = delivery.files.map(({ name }) => name);
  await claimOnce(work, { submission, id: delivery.delivery, schema: ScanClaim }, async () => ({ names, others: [] }));
  const found = await findPrearchived(archive, delivery);
  const awaited = new Set((found?.absent ?? delivery.files).map(({ pack }) => pack));
  for (const { key } of delivery.packs) {
    await turn.keep();
    if (awaited.has(key)) await archive.importPack(delivery, { body: turn.keeping(clean.read(key)) });
  }
}
