import { DomainError } from '../../submission/codes/DomainError.ts';
import { workKeys } from '../../submission/contracts/keys.ts';
import { type Confirmation, Delivery, DeliveryItem, type Review } from '../../submission/contracts/steps.ts';
import type { Ports } from '../../submission/ports.ts';
import { readDocument, readLines } from '../../submission/storage/documents.ts';
import type { Turn } from '../turns/takeTurn.ts';

interface Confirmed {
  submission: string;
  review: Review;
  confirmation: Confirmation;
  turn: Turn;
}

/**
 * Looks that nobody else has changed since Confirm what a receipt is going to say: the labels of its sessions, which may be
 * given others, and that files stand which another submission put there and may have been withdrawn with.
 * @throws DomainError XnatConflict, ArchiveMismatch, XnatBusy, and what the archive throws
 */
export async function requireStanding(ports: StandPorts, confirmed: Confirmed): Promise<void> {
  const { review, confirmation, turn } = confirmed;
  for (const { id, uri } of confirmation.sessions) {
    await turn.keep();
    const wanted = review.sessions.find((session) => session.id === id);
    const found = await ports.archive.findSession(uri);
    if (found?.subject === wanted?.subject && found?.session === wanted?.session) continue;
    throw new DomainError('XnatConflict', `Cannot seal ${id}: its session in XNAT has other labels by now`);
  }
  await requireOthers(ports, confirmed);
}

type StandPorts = Pick<Ports, 'work' | 'archive'>;

async function requireOthers(
  { work, archive }: StandPorts,
  { submission, confirmation, turn }: Confirmed,
): Promise<void> {
  const stood = new Map(confirmation.files.flatMap(({ file, uri, stood }) => (stood ? [[file, uri] as const] : [])));
  if (stood.size === 0) return;
  let lost = 0;
  for (const { delivery: id } of await readLines(work, workKeys.deliveries(submission), DeliveryItem)) {
    const delivery = await readDocument(work, workKeys.delivery(submission, id), Delivery);
    const wanted = delivery.files.flatMap(({ file }) => stood.get(file) ?? []);
    if (wanted.length === 0) continue;
    await turn.keep();
    const listed = new Set((await archive.listFiles(delivery)).map(({ uri }) => uri));
    lost += wanted.filter((uri) => !listed.has(uri)).length;
  }
  if (lost === 0) return;
  throw new DomainError('ArchiveMismatch', `Cannot seal ${submission}: ${lost} files of others are gone since Confirm`);
}
