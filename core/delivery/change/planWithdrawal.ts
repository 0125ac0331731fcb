import * as z from 'zod';
import { hashBytes } from '../../audit/hashJson.ts';
import { Made } from '../../audit/Made.ts';
import type { Receipt } from '../../audit/Receipt.ts';
import { receiptBytes } from '../../audit/receiptBytes.ts';
import { DomainError } from '../../submission/codes/DomainError.ts';
import { workKeys } from '../../submission/contracts/keys.ts';
import { FormerLabels, XnatLabel } from '../../submission/contracts/Submission.ts';
import { Delivery, DeliveryItem } from '../../submission/contracts/steps.ts';
import type { Ports } from '../../submission/ports.ts';
import { readDocument, readLines } from '../../submission/storage/documents.ts';
import { FieldsClaim, fieldsOf, ScanClaim, SessionClaim } from '../claims.ts';
import { deliveryByNow, subjectByNow } from '../ownSession.ts';
import { sharedResource } from '../sharedResource.ts';
import { toldLabels } from './toldLabels.ts';

/** One session of XNAT and what a submission put there: addresses, relative to XNAT's root. */
const PlacedSession = z.object({
  xnatProject: XnatLabel,
  subject: XnatLabel,
  session: XnatLabel,
  /** Which of the two may be told of; absent for both. */
  told: FormerLabels.optional(),
  uri: z.string(),
  made: Made,
  /** Other subjects that the submission made for it, and that it has left since. */
  subjects: z.array(XnatLabel).default([]),
  /** What it gave the session's fields, by their names. */
  fields: z.record(z.string(), z.string()).default({}),
  /** Scans; the session itself, for its own resources; and resources that it shares, by `sharedResource`. */
  scans: z.array(z.object({ uri: z.string(), files: z.array(z.string()), shared: z.string().optional() })),
});
export type PlacedSession = z.output<typeof PlacedSession>;

/** withdrawal.json: all that one submission put into XNAT. */
export const PlacedSessions = z.array(PlacedSession);

/** What the receipt of an archived submission says it put into XNAT, however long ago. */
export function placedByReceipt(receipt: Receipt, xnatProject: string): PlacedSession[] {
  const placed = receipt.files.flatMap(({ archived }) => (archived === undefined || archived.stood ? [] : [archived]));
  const sha256 = hashBytes(receiptBytes(receipt));
  return receipt.sessions.map(({ subject, session, uri, fields = [], ...place }) => {
    const { made = { subject: false, session: false, scans: [] } } = place;
    const told = Object.fromEntries(fields.map(({ name, value = sha256 }) => [name, value]));
    const scans = new Map<string, PlacedSession['scans'][number]>();
    for (const { uri: file, resource } of placed) {
      const [shared] = sharedResource({ xnatProject, subject, resource });
      const isOurs = shared === undefined ? file.startsWith(`${uri}/`) : file.includes(`/files/${session}/`);
      if (isOurs) addPlaced(scans, { uri: holderOf(file, shared), files: [file], shared });
    }
    return { xnatProject, subject, session, uri, made, subjects: [], fields: told, scans: [...scans.values()] };
  });
}

/** Files of one scan may have come by several deliveries. */
function addPlaced(scans: Map<string, PlacedSession['scans'][number]>, { shared, ...own }: Placing): void {
  const files = [...(scans.get(own.uri)?.files ?? []), ...own.files];
  scans.set(own.uri, { uri: own.uri, files, ...(shared !== undefined && { shared }) });
}

type Placing = PlacedSession['scans'][number] & { shared: string | undefined };

/** Whose files are listed to find these: those of a scan or session with all of its resources, or one shared resource. */
const holderOf = (file: string, shared: string | undefined) =>
  file.slice(0, file.indexOf(shared === undefined ? '/resources/' : '/files/'));

type PlanPorts = Pick<Ports, 'work' | 'archive'>;

/**
 * What an interrupted delivery put into XNAT: the files that it claimed and that are there. A place that meanwhile holds
 * another subject, study or series is not ours.
 * @throws DomainError RemovalIncomplete for files of a subject or project whose session is gone, XnatUnavailable, XnatRefused
 */
export async function placedByClaims(ports: PlanPorts, submission: string): Promise<PlacedSession[]> {
  const { work } = ports;
  if ((await work.head(workKeys.deliveries(submission))) === undefined) return [];
  const placed = new Map<string, PlacedSession>();
  for (const { delivery: id } of await readLines(work, workKeys.deliveries(submission), DeliveryItem)) {
    if ((await work.head(workKeys.claim(submission, id))) === undefined) continue;
    const sent = await readDocument(work, workKeys.delivery(submission, id), Delivery);
    const delivery = await deliveryByNow(ports, submission, sent);
    const found = delivery && (await placedScan(ports, submission, { sent, delivery }));
    if (found === undefined) {
      await requireNoneShared(ports, submission, sent);
      continue;
    }
    const { made, scans } = placed.get(sent.session.id) ?? found;
    const merged = new Map(scans.map((scan) => [scan.uri, scan]));
    if (scans !== found.scans) for (const scan of found.scans) addPlaced(merged, { shared: undefined, ...scan });
    placed.set(sent.session.id, {
      ...found,
      made: { ...made, scans: [...new Set([...made.scans, ...found.made.scans])] },
      scans: [...merged.values()],
    });
  }
  return [...placed.values()];
}

/**
 * Files of a subject or project are removed along with their session: where that is gone, or another's by now, none of
 * them may stand if a certificate is to say so.
 */
async function requireNoneShared(ports: PlanPorts, submission: string, sent: Delivery): Promise<void> {
  const { xnatProject, session, scan } = sent;
  const own = await subjectByNow(ports, submission, sent);
  const subject = own?.askedBy ?? session.subject;
  if (sharedResource({ xnatProject, subject, resource: scan.resource }).length === 0) return;
  const { names } = await readDocument(ports.work, workKeys.claim(submission, sent.delivery), ScanClaim);
  const listed = await ports.archive.listFiles({ ...sent, session: { ...session, subject } });
  const left = listed.filter(({ name }) => names.includes(name)).length;
  if (left === 0) return;
  const what = `${left} files in a resource of the ${scan.resource?.level}`;
  throw new DomainError('RemovalIncomplete', `Cannot withdraw: ${what} stand in XNAT, whose session is gone from it`);
}

async function placedScan(
  ports: PlanPorts,
  submission: string,
  { sent, delivery }: { sent: Delivery; delivery: Delivery },
): Promise<PlacedSession | undefined> {
  const { work, archive } = ports;
  const { xnatProject, session: reviewed, scan: wanted } = delivery;
  const claim = await readDocument(work, workKeys.claim(submission, delivery.delivery), ScanClaim);
  const before = await readDocument(work, workKeys.claim(submission, reviewed.id), SessionClaim);
  const { session } = await archive.lookUp(delivery);
  const isOurs = session?.isOfSubject === true && session.study === reviewed.study;
  if (!isOurs || (claim.names.length === 0 && delivery.fields.length === 0)) return undefined;
  const uri = `/data/experiments/${session.id}`;
  const isOfScan = wanted.resource === undefined || wanted.resource.level === 'scan';
  const scan = session.scans.find((each) => each.scan === wanted.scan);
  const isStanding = !isOfScan || scan?.series === wanted.series;
  // what subjects and projects hold does not move with a session
  const own = await subjectByNow(ports, submission, sent);
  const { subject, askedBy } = own ?? { subject: sent.session.subject, askedBy: sent.session.subject };
  const holder = { ...sent, session: { ...sent.session, subject: askedBy } };
  const [shared] = sharedResource({ xnatProject, subject, resource: wanted.resource });
  const listed = isStanding ? await archive.listFiles(shared === undefined ? delivery : holder) : [];
  const files = listed.filter(({ name }) => claim.names.includes(name)).map((file) => file.uri);
  const isMade = isOfScan && isStanding && !before.scans.includes(wanted.scan);
  const scans = new Map<string, PlacedSession['scans'][number]>();
  for (const file of files) addPlaced(scans, { uri: holderOf(file, shared), files: [file], shared });
  // a scan that was made, and that no file of ours is in, goes too
  if (isMade) addPlaced(scans, { uri: `${uri}/scans/${encodeURIComponent(wanted.scan)}`, files: [], shared });
  const subjects = madeBy(before, own?.subject);
  const filled = await filledFields(work, submission, reviewed.id);
  const told = delivery.fields.filter(({ name }) => filled.includes(name));
  return {
    fields: Object.fromEntries(told.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    ...{ xnatProject, subject: reviewed.subject, session: reviewed.session, uri },
    told: toldLabels([sent.session], reviewed),
    made: { subject: subjects.includes(reviewed.subject), session: before.isNew, scans: isMade ? [wanted.scan] : [] },
    subjects: subjects.filter((one) => one !== reviewed.subject),
    scans: [...scans.values()],
  };
}

/** Names of those that Confirm has begun to fill. */
async function filledFields(work: Ports['work'], submission: string, session: string): Promise<string[]> {
  const key = workKeys.claim(submission, fieldsOf(session));
  return (await work.head(key)) === undefined ? [] : readDocument(work, key, FieldsClaim);
}

/** The subject that was made for a delivery, by the label that it has by now. */
const madeBy = ({ isSubjectNew }: SessionClaim, subject: string | undefined) =>
  isSubjectNew && subject !== undefined ? [subject] : [];
