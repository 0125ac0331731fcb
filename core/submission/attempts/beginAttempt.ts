import type { Actor, AuditEvent } from '../../audit/AuditEvent.ts';
import { appendEvent, type Patch } from '../../audit/appendEvent.ts';
import type { Submission } from '../contracts/Submission.ts';
import { type SubmissionState, stepToResume } from '../contracts/states.ts';
import type { Ports } from '../ports.ts';

type AttemptPorts = Pick<Ports, 'ledger' | 'clock' | 'executions'>;

interface Beginning extends Partial<Pick<AuditEvent, 'type' | 'code'>> {
  actor: Actor;
  to?: SubmissionState;
  patch?: Patch;
}

/**
 * The next attempt of a submission: first the ledger, under its condition, then the execution. Of two that begin it at
 * once one gets LedgerConflict; when this one dies in between, the reconciler finds the attempt without an execution
 * and starts it.
 * @throws DomainError LedgerConflict, StateConflict, StorageUnavailable
 */
export async function beginAttempt(
  { ledger, clock, executions }: AttemptPorts,
  submission: Submission,
  { actor, to, patch, ...told }: Beginning,
): Promise<Submission> {
  const change = appendEvent(
    submission,
    {
      type: submission.state === 'held' && to !== 'submitted' ? 'submission.released' : 'attempt.started',
      ...told,
      actor,
      at: clock.now(),
      ...(to !== undefined && { to }),
    },
    { ...patch, attempt: submission.attempt + 1, reason: undefined, interruptedIn: undefined },
  );
  await ledger.commit(change);
  await startAttempt({ executions }, change.next);
  return change.next;
}

/**
 * Starts the execution of the newest attempt, where the ledger says that the submission stands. An attempt starts
 * always with the same input, so that starting it twice is one start.
 */
export async function startAttempt(
  { executions }: Pick<Ports, 'executions'>,
  { id, attempt, state }: Submission,
): Promise<void> {
  await executions.start({ submission: id, attempt, resumeFrom: stepToResume(state) });
}
