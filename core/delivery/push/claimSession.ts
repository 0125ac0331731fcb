import { lastReceipt } from '../../audit/lastReceipt.ts';
import { DomainError } from '../../submission/codes/DomainError.ts';
import type { OnConflict } from '../../submission/contracts/Submission.ts';
import type { Delivery } from '../../submission/contracts/steps.ts';
import type { Archive, Ports } from '../../submission/ports.ts';
import { claimOnce, SessionClaim } from '../claims.ts';
import { requireFree } from './requireFree.ts';

type ClaimPorts = Pick<Ports, 'work' | 'archive' | 'registers'>;

interface Claiming {
  submission: string;
  delivery: Delivery;
  onConflict: OnConflict;
}

/**
 * What stood where a session goes, as the submission found it first.
 * @throws DomainError LabelTaken, StudyElsewhere, XnatConflict
 */
export async function claimSession(ports: ClaimPorts, claiming: Claiming): Promise<SessionClaim> {
  const { submission, delivery } = claiming;
  const key = { submission, id: delivery.session.id, schema: SessionClaim };
  const claim = await claimOnce(ports.work, key, () => lookAtSession(ports, claiming));
  await requireStanding(ports, delivery, claim);
  return claim;
}

/** What is added to a session must not make another one where that was given another label meanwhile. */
async function requireStanding({ archive }: ClaimPorts, { session }: Delivery, { standing }: SessionClaim) {
  const found = standing === undefined ? undefined : await archive.findSession(`/data/experiments/${standing}`);
  const isThere = found?.session === session.session && found.subject === session.subject;
  if (standing === undefined || isThere) return;
  throw new DomainError(
    'XnatConflict',
    `Cannot deliver ${session.id}: ${standing} has other labels than it was found by`,
  );
}

async function lookAtSession(
  { archive, registers }: ClaimPorts,
  { delivery, onConflict }: Claiming,
): Promise<SessionClaim> {
  const place = await archive.lookUp(delivery);
  requireFree(delivery.session, place, onConflict);
  const { isSubjectNew, elsewhere } = place;
  if (place.session === undefined) return { isSubjectNew, isNew: true, scans: [], fields: [], elsewhere };
  const previous = await lastReceipt(registers, `/data/experiments/${place.session.id}`);
  return {
    ...{ isSubjectNew, elsewhere },
    isNew: false,
    standing: place.session.id,
    scans: place.session.scans.map(({ scan }) => scan),
    fields: await standingFields(archive, delivery, place.session.id),
    ...(previous !== undefined && { previous }),
  };
}

async function standingFields(archive: Archive, { fields }: Delivery, id: string): Promise<string[]> {
  if (fields.length === 0) return [];
  const standing = await archive.readFields(`/data/experiments/${id}`);
  return fields.flatMap(({ name }) => (standing[name] === undefined ? [] : [name]));
}
