import * as z from 'zod';
import { Made } from '../audit/Made.ts';
import type { Receipt } from '../audit/Receipt.ts';
import { readDocument, readLines } from '../submission/documents.ts';
import { workKeys } from '../submission/keys.ts';
import type { Ports } from '../submission/ports.ts';
import { XnatLabel } from '../submission/Submission.ts';
import { Delivery, DeliveryItem } from '../submission/steps.ts';
import { ScanClaim, SessionClaim } from './claims.ts';

/** One session of XNAT and what a submission put there: addresses, relative to XNAT's root. */
const PlacedSession = z.object({
  xnatProject: XnatLabel,
  subject: XnatLabel,
  session: XnatLabel,
  uri: z.string(),
  made: Made,
  scans: z.array(z.object({ uri: z.string(), files: z.array(z.string()) })),
});
export type PlacedSession = z.infer<typeof PlacedSession>;

/** withdrawal.json: all that one submission put into XNAT. */
export const PlacedSessions = z.array(PlacedSession);

/** What the receipt of an archived submission says it put into XNAT, however long ago. */
export function placedByReceipt(receipt: Receipt, xnatProject: string): PlacedSession[] {
  const placed = receipt.files.flatMap(({ archived }) =>
    archived === undefined || archived.stood ? [] : [archived.uri],
  );
  const byScan = Map.groupBy(placed, (uri) => uri.slice(0, uri.indexOf('/resources/')));
  return receipt.sessions.map(({ subject, session, uri, made = { subject: false, session: false, scans: [] } }) => ({
    ...{ xnatProject, subject, session, uri, made },
    scans: [...byScan].flatMap(([scan, files]) => (`${scan}/`.startsWith(`${uri}/`) ? [{ uri: scan, files }] : [])),
  }));
}

type PlanPorts = Pick<Ports, 'work' | 'archive'>;

/**
 * What an interrupted delivery put into XNAT: the files that it claimed and that are there. A place that meanwhile holds
 * another subject, study or series is not ours.
 * @throws DomainError XnatUnavailable, XnatRefused
 */
export async function placedByClaims(ports: PlanPorts, submission: string): Promise<PlacedSession[]> {
  const { work } = ports;
  if ((await work.head(workKeys.deliveries(submission))) === undefined) return [];
  const placed = new Map<string, PlacedSession>();
  for (const { delivery: id } of await readLines(work, workKeys.deliveries(submission), DeliveryItem)) {
    if ((await work.head(workKeys.claim(submission, id))) === undefined) continue;
    const delivery = await readDocument(work, workKeys.delivery(submission, id), Delivery);
    const found = await placedScan(ports, submission, delivery);
    if (found === undefined) continue;
    const session = placed.get(delivery.session.id) ?? found;
    if (session !== found) {
      session.scans.push(...found.scans);
      session.made.scans.push(...found.made.scans);
    }
    placed.set(delivery.session.id, session);
  }
  return [...placed.values()];
}

async function placedScan(
  { work, archive }: PlanPorts,
  submission: string,
  delivery: Delivery,
): Promise<PlacedSession | undefined> {
  const claim = await readDocument(work, workKeys.claim(submission, delivery.delivery), ScanClaim);
  const before = await readDocument(work, workKeys.claim(submission, delivery.session.id), SessionClaim);
  const { session } = await archive.lookUp(delivery);
  const scan = session?.scans.find(({ scan }) => scan === delivery.scan.scan);
  const isOurs = session?.isOfSubject === true && session.study === delivery.session.study;
  if (!isOurs || claim.names.length === 0) return undefined;
  const uri = `/data/experiments/${session.id}`;
  const isResource = delivery.scan.resource !== undefined;
  const isStanding = isResource || scan?.series === delivery.scan.series;
  const listed = isStanding ? await archive.listFiles(delivery) : [];
  const files = listed.filter(({ name }) => claim.names.includes(name)).map((file) => file.uri);
  const made = isStanding && !isResource && !before.scans.includes(delivery.scan.scan) ? [delivery.scan.scan] : [];
  return {
    ...{ xnatProject: delivery.xnatProject, subject: delivery.session.subject, session: delivery.session.session, uri },
    made: { subject: before.isSubjectNew, session: before.isNew, scans: made },
    scans: isStanding
      ? [{ uri: isResource ? uri : `${uri}/scans/${encodeURIComponent(delivery.scan.scan)}`, files }]
      : [],
  };
}
