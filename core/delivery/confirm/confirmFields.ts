import { workKeys } from '../../submission/contracts/keys.ts';
import type { SessionField } from '../../submission/contracts/SessionField.ts';
import type { Delivery } from '../../submission/contracts/steps.ts';
import type { Ports } from '../../submission/ports.ts';
import { readDocument } from '../../submission/storage/documents.ts';
import { claimOnce, FieldsClaim, fieldsOf, SessionClaim } from '../claims.ts';
import { placeFields } from './placeFields.ts';

interface Told {
  submission: string;
  /** Of the session. */
  delivery: Delivery;
  /** XNAT's address of the session. */
  uri: string;
}

/**
 * Fills the fields of a session that were empty when the submission came and are empty now, and reads them back. Which these
 * are is kept first: an equal value in any other is another's. To be called in the session's turn.
 * @returns those that are the submission's own now, or stay free for the digest of its receipt
 * @throws DomainError ArchiveMismatch, and what the archive throws
 */
export async function confirmFields(
  { work, archive }: Pick<Ports, 'work' | 'archive'>,
  { submission, delivery: { session, fields }, uri }: Told,
): Promise<SessionField[]> {
  const before = await readDocument(work, workKeys.claim(submission, session.id), SessionClaim);
  const key = { submission, id: fieldsOf(session.id), schema: FieldsClaim };
  const names = await claimOnce(work, key, async () => {
    const standing = await archive.readFields(uri);
    const absent = fields.filter(({ name }) => !before.fields.includes(name) && standing[name] === undefined);
    return absent.map(({ name }) => name);
  });
  const own = fields.filter(({ name }) => names.includes(name));
  const known = own.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
  const stored = await placeFields(archive, uri, Object.fromEntries(known));
  return own.filter(({ name, value }) => stored[name] === value);
}
