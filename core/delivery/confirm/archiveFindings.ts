import type { ArchiveFinding, Delivery } from '../../submission/contracts/steps.ts';
import { hashName, type ScanClaim } from '../claims.ts';

interface Compared {
  absent: readonly Named[];
  different: readonly Named[];
  foreign: readonly { name: string }[];
}

type Named = Pick<Delivery['files'][number], 'file' | 'name'>;

/** What is wrong with a scan in XNAT, by either route. What stood there before it was delivered is nobody's fault. */
export function archiveFindings(
  { absent, different, foreign }: Compared,
  { claim, delivery }: { claim: ScanClaim; delivery: Delivery },
): ArchiveFinding[] {
  const stood = new Set(claim.others);
  return [
    ...absent.map(({ file, name }) => ({ code: 'ArchiveFileMissing' as const, file, name })),
    ...different.map(({ file, name }) => ({ code: 'ArchiveFileAltered' as const, file, name })),
    ...foreign
      .map(({ name }) => hashName(name))
      .filter((name) => !stood.has(name))
      .map((nameSha256) => ({ code: 'ArchiveFileForeign' as const, scan: delivery.scan.id, nameSha256 })),
  ];
}
