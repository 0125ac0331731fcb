import * as z from 'zod';
import { DomainError } from '../submission/codes/DomainError.ts';
import { workKeys } from '../submission/contracts/keys.ts';
import type { Delivery } from '../submission/contracts/steps.ts';
import type { Ports } from '../submission/ports.ts';
import { readDocument, writeDocument } from '../submission/storage/documents.ts';

type NotePorts = Pick<Ports, 'work' | 'archive'>;

const idOf = ({ session }: Delivery) => `${session.id}-own`;
const subjectIdOf = ({ session }: Delivery) => `${session.id}-subject`;

/**
 * Keeps XNAT's address of the session that a submission has made or added to, and before it XNAT's id of the subject:
 * labels may be changed there.
 * @throws DomainError XnatConflict where the delivery's labels are another session's by now, or its subject is gone
 */
export async function noteOwnSession(ports: NotePorts, submission: string, delivery: Delivery): Promise<void> {
  if (await requireOwnLabels(ports, submission, delivery)) return;
  const { xnatProject, session } = delivery;
  const found = await ports.archive.findSubject({ xnatProject, subject: session.subject });
  if (found === undefined) throw new DomainError('XnatConflict', `Cannot deliver ${session.id}: its subject is gone`);
  await writeDocument(ports.work, workKeys.claim(submission, subjectIdOf(delivery)), found.id);
  const uri = await ports.archive.sessionUri(delivery);
  await writeDocument(ports.work, workKeys.claim(submission, idOf(delivery)), uri);
  await requireOwnLabels(ports, submission, delivery);
}

/**
 * To be asked before each write: by labels that its session has no more, it would make a second one.
 * @returns false where there is none yet, or none any more
 * @throws DomainError XnatConflict
 */
export async function requireOwnLabels(ports: NotePorts, submission: string, delivery: Delivery): Promise<boolean> {
  const uri = await notedSession(ports, submission, delivery);
  const found = uri === undefined ? undefined : await ports.archive.findSession(uri);
  const { xnatProject, session: wanted } = delivery;
  if (found === undefined) return false;
  const { subject, session } = wanted;
  if (found.xnatProject === xnatProject && found.subject === subject && found.session === session) return true;
  throw new DomainError('XnatConflict', `Cannot deliver ${wanted.id}: its session in XNAT has other labels by now`);
}

const notedSession = ({ work }: NotePorts, submission: string, delivery: Delivery) =>
  noted(work, workKeys.claim(submission, idOf(delivery)));

async function noted(work: Ports['work'], key: string): Promise<string | undefined> {
  return (await work.head(key)) === undefined ? undefined : readDocument(work, key, z.string());
}

/**
 * A delivery by the labels that its session has by now; undefined where that is gone. One that was not noted, since its
 * push broke off before, or lies in the prearchive still, is looked for by its own labels.
 */
export async function deliveryByNow(
  ports: NotePorts,
  submission: string,
  delivery: Delivery,
): Promise<Delivery | undefined> {
  const uri = await notedSession(ports, submission, delivery);
  if (uri === undefined) return delivery;
  const found = await ports.archive.findSession(uri);
  if (found === undefined) return undefined;
  const { xnatProject, subject, session } = found;
  return { ...delivery, xnatProject, session: { ...delivery.session, subject, session } };
}

/**
 * The subject of a delivery by the label that it has by now, also where its session has left it, and by what to ask for
 * it: one that a curator gave may name a person, and addresses are kept. Undefined where it is gone.
 */
export async function subjectByNow(
  { work, archive }: NotePorts,
  submission: string,
  delivery: Delivery,
): Promise<{ subject: string; askedBy: string } | undefined> {
  const { xnatProject, session } = delivery;
  const { subject: sent } = session;
  const id = await noted(work, workKeys.claim(submission, subjectIdOf(delivery)));
  if (id === undefined) return { subject: sent, askedBy: sent };
  const found = await archive.findSubject({ xnatProject, subject: id });
  return found && { subject: found.subject, askedBy: found.subject === sent ? sent : id };
}
