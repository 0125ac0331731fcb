import { DomainError } from '../../submission/codes/DomainError.ts';
import { workKeys } from '../../submission/contracts/keys.ts';
import { Delivery, DeliveryItem } from '../../submission/contracts/steps.ts';
import type { Ports } from '../../submission/ports.ts';
import { readDocument, readLines } from '../../submission/storage/documents.ts';
import { ScanClaim, SessionClaim } from '../claims.ts';

/**
 * Lets a withdrawal be certified where no session has come to hold what the submission gave to XNAT's prearchive: a curator
 * may archive it under other labels or for another subject, and whether such a session is this one only a person can tell.
 * @throws DomainError RemovalIncomplete, naming sessions by XNAT's own ids
 */
export async function requireNotElsewhere(
  { work, archive }: Pick<Ports, 'work' | 'archive'>,
  submission: string,
): Promise<void> {
  if ((await work.head(workKeys.deliveries(submission))) === undefined) return;
  for (const { delivery: id } of await readLines(work, workKeys.deliveries(submission), DeliveryItem)) {
    if ((await work.head(workKeys.claim(submission, id))) === undefined) continue;
    const delivery = await readDocument(work, workKeys.delivery(submission, id), Delivery);
    const { names } = await readDocument(work, workKeys.claim(submission, id), ScanClaim);
    const before = await readDocument(work, workKeys.claim(submission, delivery.session.id), SessionClaim);
    const { session, elsewhere } = await archive.lookUp(delivery);
    const isOfOther = session !== undefined && session.study === delivery.session.study && !session.isOfSubject;
    const holders = isOfOther ? [session.id, ...elsewhere] : elsewhere;
    const come = holders.filter((holder) => !before.elsewhere.includes(holder));
    if (names.length === 0 || come.length === 0) continue;
    throw new DomainError(
      'RemovalIncomplete',
      `Cannot withdraw: its study stands in ${come.join(' ')} by now, wanted it under its own labels or not at all`,
    );
  }
}
