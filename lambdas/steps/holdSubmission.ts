import { advance } from '../../core/submission/advance.ts';
import { readDocument } from '../../core/submission/documents.ts';
import { workKeys } from '../../core/submission/keys.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { Nothing, Review, StepInput } from '../../core/submission/steps.ts';
import { stopReason } from '../../core/submission/stopReason.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

/** Ends the attempt: a person looks, and a release starts the next attempt after the review. */
export const holdSubmission = (ports: Pick<Ports, 'ledger' | 'work' | 'clock'>) => async (input: StepInput) => {
  const reason = stopReason(await readDocument(ports.work, workKeys.review(input.submission), Review));
  await advance(ports, input, {
    ...{ type: 'submission.held', to: 'held', code: reason },
    patch: { reason, interruptedIn: 'validating' },
  });
  return {};
};

export const handler = stepHandler({ input: StepInput, output: Nothing }, holdSubmission);
