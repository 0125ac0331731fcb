import { appendEvent, type Happening, type Patch } from '../../audit/appendEvent.ts';
import { DomainError } from '../codes/DomainError.ts';
import type { Submission } from '../contracts/Submission.ts';
import { hasReached } from '../contracts/states.ts';
import type { StepInput } from '../contracts/steps.ts';
import type { Ports } from '../ports.ts';

/** The pipeline itself, as an actor. */
export const pipeline = { kind: 'system', id: 'pipeline' } as const;

/**
 * Writes one event of an attempt and the state it leads to. Safe to run twice: when the submission is already past
 * the event, nothing is written.
 * @throws DomainError StateConflict for an attempt that a newer one has replaced, LedgerConflict for a race
 */
export async function advance(
  { ledger, clock }: Pick<Ports, 'ledger' | 'clock'>,
  { submission: id, attempt }: StepInput,
  { patch, ...happening }: Omit<Happening, 'actor' | 'at'> & { patch?: Patch },
): Promise<Submission> {
  const submission = await requireAttempt(ledger, { submission: id, attempt });
  if (happening.to !== undefined && hasReached(submission.state, happening.to)) return submission;
  const change = appendEvent(submission, { ...happening, actor: pipeline, at: clock.now() }, patch);
  await ledger.commit(change);
  return change.next;
}

/** The submission, if this attempt is still its newest. @throws DomainError SubmissionNotFound, StateConflict */
export async function requireAttempt(
  ledger: Ports['ledger'],
  { submission: id, attempt }: StepInput,
): Promise<Submission> {
  const submission = await ledger.get(id);
  if (submission === undefined) throw new DomainError('SubmissionNotFound', `Cannot advance ${id}: it does not exist`);
  if (submission.attempt !== attempt) {
    throw new DomainError('StateConflict', `Cannot advance ${id}: attempt ${attempt} is not its newest`);
  }
  return submission;
}
