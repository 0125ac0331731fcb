import { advance } from '../../core/submission/advance.ts';
import { errorCatalogue } from '../../core/submission/errorCatalogue.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { isFinal } from '../../core/submission/states.ts';
import { FailureInput, Nothing } from '../../core/submission/steps.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

/** Ends a failed attempt: says where and by which code, so that the next one goes on there. */
export const recordFailure = (ports: Pick<Ports, 'ledger' | 'clock'>) => async (input: FailureInput) => {
  const submission = await ports.ledger.get(input.submission);
  // an attempt that was replaced, or that ended before its failure was told, has nothing to record
  if (submission?.attempt !== input.attempt || isFinal(submission.state)) return {};
  const code = Object.hasOwn(errorCatalogue, input.failure.Error) ? input.failure.Error : 'UnexpectedFault';
  await advance(ports, input, {
    ...{ type: 'attempt.failed', to: 'failed', code },
    patch: { reason: code, interruptedIn: submission.state },
  });
  return {};
};

export const handler = stepHandler({ input: FailureInput, output: Nothing }, recordFailure);
