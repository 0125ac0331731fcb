import type { Delivery } from '../../submission/contracts/steps.ts';
import type { Ports } from '../../submission/ports.ts';
import type { ScanClaim } from '../claims.ts';
import { noteOwnSession, requireOwnLabels } from '../ownSession.ts';
import type { Turn } from '../turns/takeTurn.ts';
import { archiveFindings } from './archiveFindings.ts';
import { compareInstances } from './compareInstances.ts';
import type { Confirmed } from './confirmDelivery.ts';

/**
 * Reads one scan back that came by the import service: it holds the instances that were sent, and no others. The digest
 * is XNAT's, of what it wrote. Nothing is sent once more: what differs here, XNAT or its curator has changed. From now on
 * its session is known by its address.
 * @throws DomainError XnatConflict where that has other labels by now, and what the archive throws
 */
export async function confirmInstances(
  ports: Pick<Ports, 'work' | 'archive'>,
  { submission, delivery, claim, turn }: { submission: string; delivery: Delivery; claim: ScanClaim; turn: Turn },
): Promise<Confirmed> {
  const { archive } = ports;
  await requireOwnLabels(ports, submission, delivery);
  const { equal, ...compared } = await compareInstances(archive, delivery);
  if (equal.length > 0) await noteOwnSession(ports, submission, delivery);
  const own = new Set(claim.names);
  const files: Confirmed['files'] = [];
  for (const { awaited, listed } of equal) {
    await turn.keep();
    const { uri, sizeBytes } = listed;
    const md5 = listed.md5 ?? (await archive.digestFile(uri)).md5;
    files.push({
      ...{ file: awaited.file, uri, sizeBytes, md5, reencoded: true },
      ...(!own.has(awaited.name) && { stood: true as const }),
    });
  }
  return { files, findings: archiveFindings(compared, { claim, delivery }), repaired: 0 };
}
