import { DomainError } from '../../submission/codes/DomainError.ts';
import type { OnConflict } from '../../submission/contracts/Submission.ts';
import type { ReviewedSession } from '../../submission/contracts/steps.ts';
import type { StandingPlace } from '../../submission/StandingPlace.ts';

/**
 * Lets a session be put where nothing else is under its label, and its study nowhere else. Nothing is ever merged into
 * what is not the same subject, study and type, whatever was asked.
 * @throws DomainError LabelTaken, StudyElsewhere, naming what stands by XNAT's own id
 */
export function requireFree(wanted: ReviewedSession, { session, elsewhere }: StandingPlace, asked: OnConflict): void {
  if (session !== undefined) {
    // it was free at Review, and nothing of ours stands before the first claim
    if (asked === 'new-label') throw taken(wanted, session.id, 'is newer than the choice of this label');
    const isEmptyShell = session.study === undefined && session.scans.length === 0;
    if (!session.isOfSubject) throw taken(wanted, session.id, 'belongs to another subject');
    if (session.xsiType !== wanted.xsiType) throw taken(wanted, session.id, 'has another type');
    if (session.study !== wanted.study && !isEmptyShell) throw taken(wanted, session.id, 'holds another study');
  }
  // where the study is at home already, or wanted twice under a new label, its copies do not matter
  if (elsewhere.length === 0 || session?.study === wanted.study || asked === 'new-label') return;
  throw new DomainError(
    'StudyElsewhere',
    `Cannot deliver ${wanted.id}: its study stands in ${elsewhere.join(' ')} already, wanted it nowhere else`,
  );
}

const taken = (wanted: ReviewedSession, id: string, state: string) =>
  new DomainError(
    'LabelTaken',
    `Cannot deliver ${wanted.id}: ${id} has its label and ${state}, wanted its own or none`,
  );
