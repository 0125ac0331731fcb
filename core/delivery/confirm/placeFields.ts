import { DomainError } from '../../submission/codes/DomainError.ts';
import type { Archive } from '../../submission/ports.ts';

/**
 * Gives fields of a session these values, where they have none: what has a value is left. Safe to repeat.
 * @param session XNAT's address
 * @returns what the session's fields say then, as XNAT reads them back
 * @throws DomainError ArchiveMismatch when XNAT took them and does not have them, and what the archive throws
 */
export async function placeFields(
  archive: Pick<Archive, 'readFields' | 'writeFields'>,
  session: string,
  wanted: Record<string, string>,
): Promise<Record<string, string>> {
  const standing = await archive.readFields(session);
  const absent = Object.entries(wanted).filter(([name]) => standing[name] === undefined);
  if (absent.length === 0) return standing;
  await archive.writeFields(session, Object.fromEntries(absent));
  const stored = await archive.readFields(session);
  if (absent.every(([name, value]) => stored[name] === value)) return stored;
  throw new DomainError('ArchiveMismatch', 'Cannot tell a session of its submission: XNAT does not keep its fields');
}
