import { appendEvent } from '../../audit/appendEvent.ts';
import { limits } from '../../policy/limits.ts';
import type { Submission } from '../contracts/Submission.ts';
import { isInFlight } from '../contracts/states.ts';
import type { Ports } from '../ports.ts';
import { pipeline } from './advance.ts';
import { beginAttempt, startAttempt } from './beginAttempt.ts';

type KeepingPorts = Pick<Ports, 'ledger' | 'clock' | 'executions'>;

/**
 * Sees to it that a submission in flight has its execution, whatever was lost, doubled or reordered on the way here:
 *
 * | newest attempt | its execution | then |
 * |---|---|---|
 * | none | – | attempt 1 begins |
 * | n | running | nothing is to do |
 * | n | absent: it was never started, or one machine forgot it at its end | the same attempt starts |
 * | n | ended without a final state, or postponed | attempt n+1 begins, or the submission fails after too many |
 * @throws DomainError LedgerConflict when another one did so at the same moment, StorageUnavailable
 */
export async function keepRunning(ports: KeepingPorts, submission: Submission): Promise<void> {
  if (!isInFlight(submission.state)) return;
  if (submission.attempt === 0) {
    await beginAttempt(ports, submission, { actor: pipeline });
    return;
  }
  const status = await ports.executions.status({ submission: submission.id, attempt: submission.attempt });
  if (status === 'running') return;
  // a reason in a state on the way is that of an attempt that was postponed, and has ended also where it is forgotten
  if (status === 'absent' && submission.reason === undefined) await startAttempt(ports, submission);
  else await replaceAttempt(ports, submission);
}

async function replaceAttempt(ports: KeepingPorts, submission: Submission): Promise<void> {
  // who only waited has shown no fault
  if (submission.attempt - (submission.postponed ?? 0) < limits.attemptsUnattended) {
    await beginAttempt(ports, submission, { actor: pipeline });
    return;
  }
  const failed = { type: 'attempt.failed', to: 'failed', code: 'UnexpectedFault' } as const;
  const patch = { reason: failed.code, interruptedIn: submission.state };
  await ports.ledger.commit(appendEvent(submission, { ...failed, actor: pipeline, at: ports.clock.now() }, patch));
}
