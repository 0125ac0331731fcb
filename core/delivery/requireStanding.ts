import { DomainError } from '../submission/DomainError.ts';
import { readDocument, readLines } from '../submission/documents.ts';
import { workKeys } from '../submission/keys.ts';
import type { Ports } from '../submission/ports.ts';
import { type Confirmation, Delivery, DeliveryItem } from '../submission/steps.ts';
import type { Turn } from './takeTurn.ts';

interface Confirmed {
  submission: string;
  confirmation: Confirmation;
  turn: Turn;
}

/**
 * Looks that XNAT still lists the files that another submission put there: it may have been withdrawn since Confirm.
 * @throws DomainError ArchiveMismatch, XnatBusy, and what the archive throws
 */
export async function requireStanding(
  { work, archive }: Pick<Ports, 'work' | 'archive'>,
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
