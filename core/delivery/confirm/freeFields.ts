import type { Confirmation } from '../../submission/contracts/steps.ts';
import type { Ports } from '../../submission/ports.ts';

type Session = Confirmation['sessions'][number];

/**
 * A confirmed session without those fields that were free for the digest of a receipt and that somebody has filled since.
 * @throws what the archive throws
 */
export async function freeFields(archive: Pick<Ports['archive'], 'readFields'>, session: Session): Promise<Session> {
  const { fields = [], ...place } = session;
  if (fields.every(({ value }) => value !== undefined)) return session;
  const standing = await archive.readFields(session.uri);
  const left = fields.filter(({ name, value }) => value !== undefined || standing[name] === undefined);
  return left.length === 0 ? place : { ...place, fields: left };
}
