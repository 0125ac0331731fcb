import { lastReceipt } from '../audit/lastReceipt.ts';
import type { Ports } from '../submission/ports.ts';
import type { OnConflict } from '../submission/Submission.ts';
import type { Delivery } from '../submission/steps.ts';
import { claimOnce, SessionClaim } from './claims.ts';
import { requireFree } from './requireFree.ts';

type ClaimPorts = Pick<Ports, 'work' | 'archive' | 'registers'>;

interface Claiming {
  submission: string;
  delivery: Delivery;
  onConflict: OnConflict;
}

/**
 * What stood where a session goes, as the submission found it first.
 * @throws DomainError LabelTaken, StudyElsewhere
 */
export const claimSession = (ports: ClaimPorts, claiming: Claiming): Promise<SessionClaim> =>
  claimOnce(
    ports.work,
    { submission: claiming.submission, id: claiming.delivery.session.id, schema: SessionClaim },
    () => lookAtSession(ports, claiming),
  );

async function lookAtSession(
  { archive, registers }: ClaimPorts,
  { delivery, onConflict }: Claiming,
): Promise<SessionClaim> {
  const place = await archive.lookUp(delivery);
  requireFree(delivery.session, place, onConflict);
  const { isSubjectNew } = place;
  if (place.session === undefined) return { isSubjectNew, isNew: true, scans: [] };
  const previous = await lastReceipt(registers, {
    xnatProject: delivery.xnatProject,
    session: delivery.session.session,
  });
  return {
    isSubjectNew,
    isNew: false,
    standing: place.session.id,
    scans: place.session.scans.map(({ scan }) => scan),
    ...(previous !== undefined && { previous }),
  };
}
