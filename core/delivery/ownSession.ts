import * as z from 'zod';
import { readDocument } from '../submission/documents.ts';
import { workKeys } from '../submission/keys.ts';
import type { Ports } from '../submission/ports.ts';
import type { Delivery } from '../submission/steps.ts';
import { claimOnce } from './claims.ts';

type NotePorts = Pick<Ports, 'work' | 'archive'>;

const idOf = ({ session }: Delivery) => `${session.id}-own`;

/** Keeps XNAT's address of the session that a submission has made or added to: labels may be changed there. */
export async function noteOwnSession(
  { work, archive }: NotePorts,
  submission: string,
  delivery: Delivery,
): Promise<void> {
  await claimOnce(work, { submission, id: idOf(delivery), schema: z.string() }, () => archive.sessionUri(delivery));
}

/**
 * A delivery by the labels that its session has by now; undefined where that is gone. One that was not noted, since its
 * push broke off before, or went by the prearchive, is looked for by its own labels.
 */
export async function deliveryByNow(
  { work, archive }: NotePorts,
  submission: string,
  delivery: Delivery,
): Promise<Delivery | undefined> {
  const key = workKeys.claim(submission, idOf(delivery));
  if ((await work.head(key)) === undefined) return delivery;
  const found = await archive.findSession(await readDocument(work, key, z.string()));
  if (found === undefined) return undefined;
  const { xnatProject, subject, session } = found;
  return { ...delivery, xnatProject, session: { ...delivery.session, subject, session } };
}
