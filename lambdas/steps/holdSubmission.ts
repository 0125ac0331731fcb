import { advance } from '../../core/submission/attempts/advance.ts';
import { workKeys } from '../../core/submission/contracts/keys.ts';
import { Nothing, Review, StepInput } from '../../core/submission/contracts/steps.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { stopReason } from '../../core/submission/review/stopReason.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
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
