import type { Ports } from '../../submission/ports.ts';
import type { ArchiveFinding, Delivery } from '../../submission/steps.ts';
import { hashName, type ScanClaim } from '../claims.ts';
import { noteOwnSession, requireOwnLabels } from '../ownSession.ts';
import type { Turn } from '../turns/takeTurn.ts';
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
  const { equal, absent, different, foreign } = await compareInstances(archive, delivery);
  if (equal.length > 0) await noteOwnSession(ports, submission, delivery);
  const stood = new Set(claim.others);
  const own = new Set(claim.names);
  const findings: ArchiveFinding[] = [
    ...absent.map(({ file, name }) => ({ code: 'ArchiveFileMissing' as const, file, name })),
    ...different.map(({ file, name }) => ({ code: 'ArchiveFileAltered' as const, file, name })),
    ...foreign
      .map(({ name }) => hashName(name))
      .filter((name) => !stood.has(name))
      .map((nameSha256) => ({ code: 'ArchiveFileForeign' as const, scan: delivery.scan.id, nameSha256 })),
  ];
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
  return { files, findings, repaired: 0 };
}
