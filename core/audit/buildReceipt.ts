import type { Confirmation, Evidence, Fact, Review, ReviewedScan } from '../submission/contracts/steps.ts';
import type { Receipt, ReceiptFile } from './Receipt.ts';

interface Proven {
  /** All but what is counted here. */
  header: Omit<Receipt, 'sessions' | 'totals' | 'files'>;
  facts: readonly Fact[];
  evidence: readonly Evidence[];
  review: Review;
  confirmation: Confirmation;
}

/** The receipt of what was proven: `archived` is said only of files that XNAT itself listed. */
export function buildReceipt({ header, facts, evidence, review, confirmation }: Proven): Receipt {
  const confirmed = new Map(confirmation.files.map((file) => [file.file, file]));
  const sessions = new Map(review.sessions.map((session) => [session.id, session]));
  const resources = new Map(review.scans.map(({ id, resource }) => [id, resource]));
  const files = evidence.flatMap((found, index): ReceiptFile[] => {
    const fact = facts[index];
    return fact === undefined ? [] : [receiptFile(fact, found, { confirmed: confirmed.get(found.file), resources })];
  });
  const count = (outcome: ReceiptFile['outcome']) => files.filter((file) => file.outcome === outcome).length;
  return {
    ...header,
    sessions: confirmation.sessions.flatMap(({ id, ...confirmed }) => {
      const session = sessions.get(id);
      return session === undefined ? [] : [{ subject: session.subject, session: session.session, ...confirmed }];
    }),
    totals: {
      announced: files.length,
      archived: count('archived'),
      held: count('held'),
      refused: count('refused'),
      duplicate: count('duplicate'),
    },
    files,
  };
}

type ConfirmedFile = Confirmation['files'][number];

interface Delivered {
  confirmed: ConfirmedFile | undefined;
  /** By the id of a scan in the review. */
  resources: ReadonlyMap<string, ReviewedScan['resource']>;
}

function receiptFile(fact: Fact, found: Evidence, { confirmed, resources }: Delivered): ReceiptFile {
  const { file, sha256, sizeBytes } = fact;
  if (found.outcome !== 'clean') {
    const outcome = found.outcome === 'quarantined' ? 'held' : found.outcome;
    return { file, sha256, sizeBytes, outcome, code: found.code };
  }
  // a clean file that XNAT did not list is held by definition; Confirm does not let it come this far
  if (confirmed === undefined) return { file, sha256, sizeBytes, outcome: 'held', code: 'ArchiveMismatch' };
  const { uri, sizeBytes: archivedBytes, md5, stood, reencoded } = confirmed;
  const resource = resources.get(found.scan);
  const place = resource === undefined ? { uri } : { uri, resource: { level: resource.level, label: resource.label } };
  const standing = { ...(stood && { stood }), ...(reencoded && { reencoded }) };
  const pixels = {
    ...(found.pixelSha256 === undefined ? {} : { pixelSha256: found.pixelSha256 }),
    ...(found.blanked === undefined ? {} : { blanked: found.blanked }),
  };
  return {
    ...{ file, sha256, sizeBytes, outcome: 'archived' },
    archived: { ...place, sizeBytes: archivedBytes, sha256: found.sha256, md5, ...standing, ...pixels },
  };
}
