import { advance } from '../../core/submission/attempts/advance.ts';
import { type DomainErrorCode, errorCatalogue } from '../../core/submission/codes/errorCatalogue.ts';
import type { Submission } from '../../core/submission/contracts/Submission.ts';
import { isFinal, isInFlight } from '../../core/submission/contracts/states.ts';
import { FailureInput, Nothing } from '../../core/submission/contracts/steps.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

/**
 * Ends a failed attempt: says where and by which code, so that the next one goes on there. An attempt that waited for
 * XNAT longer than an execution does has not failed: its state stays, and the reconciler begins the next one.
 */
export const recordFailure = (ports: Pick<Ports, 'ledger' | 'clock'>) => async (input: FailureInput) => {
  const submission = await ports.ledger.get(input.submission);
  // an attempt that was replaced, or that ended before its failure was told, has nothing to record
  if (submission?.attempt !== input.attempt || isFinal(submission.state) || isPostponed(submission)) return {};
  const code = Object.hasOwn(errorCatalogue, input.failure.Error) ? input.failure.Error : 'UnexpectedFault';
  if (waits.has(code) && isInFlight(submission.state)) {
    const patch = { reason: code, postponed: (submission.postponed ?? 0) + 1 };
    await advance(ports, input, { type: 'delivery.postponed', code, patch });
    return {};
  }
  await advance(ports, input, {
    ...{ type: 'attempt.failed', to: 'failed', code },
    patch: { reason: code, interruptedIn: submission.state },
  });
  return {};
};

const waits: ReadonlySet<string> = new Set<DomainErrorCode>([
  'XnatUnavailable',
  'XnatBusy',
  'XnatPaused',
  'XnatUncommitted',
]);

/** A map fails once more, under a name of its own, after its item has told why. */
const isPostponed = ({ state, reason }: Submission) => isInFlight(state) && reason !== undefined;

export const handler = stepHandler({ input: FailureInput, output: Nothing }, recordFailure);
