import type { SessionField } from '../contracts/SessionField.ts';
import type { CleanEvidence, CleanPack, Delivery, Evidence, Review } from '../contracts/steps.ts';

interface Provable {
  review: Review;
  evidence: readonly Evidence[];
  packs: readonly CleanPack[];
  xnatProject: string;
  /** Of every session. */
  fields: SessionField[];
}

/** One delivery per scan that has clean files, in the order of the review. */
export function planDeliveries({ review, evidence, packs, xnatProject, fields }: Provable): Delivery[] {
  const clean = evidence.filter((each): each is CleanEvidence => each.outcome === 'clean');
  const byScan = Map.groupBy(clean, ({ scan }) => scan);
  const sessions = new Map(review.sessions.map((session) => [session.id, session]));
  const deliveries: Delivery[] = [];
  for (const scan of review.scans) {
    const files = byScan.get(scan.id);
    const session = sessions.get(scan.session);
    if (files === undefined || session === undefined) continue;
    const used = new Set(files.map(({ pack }) => pack));
    deliveries.push({
      delivery: `d${String(deliveries.length + 1).padStart(4, '0')}`,
      xnatProject,
      session,
      scan,
      fields,
      packs: packs.filter(({ key }) => used.has(key)).map(({ key, sizeBytes }) => ({ key, sizeBytes })),
      files: files.map(({ file, pack, name, sizeBytes, md5, sha256 }) => ({
        file,
        pack,
        name,
        sizeBytes,
        md5,
        sha256,
      })),
    });
  }
  return deliveries;
}
