import { advance } from '../../core/submission/attempts/advance.ts';
import { stagingKeys, workKeys } from '../../core/submission/contracts/keys.ts';
import { Nothing, Review, StepInput } from '../../core/submission/contracts/steps.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { stopReason } from '../../core/submission/review/stopReason.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type RejectPorts = Pick<Ports, 'ledger' | 'work' | 'staging' | 'clock'>;

/**
 * Ends the submission: nothing of it is archived, and what the site sent, which it still has, is removed. The state comes
 * first: what has gone while it is on its way would be missed by its next attempt.
 */
export const rejectSubmission = (ports: RejectPorts) => async (input: StepInput) => {
  const review = await readDocument(ports.work, workKeys.review(input.submission), Review);
  const reason = stopReason(review);
  // what named the patient is no longer shown
  const isNamed = review.excluded.some(({ code }) => code === 'LabelIdentifies');
  const patch = { reason, ...(isNamed ? { subject: undefined, session: undefined } : {}) };
  await advance(ports, input, { type: 'submission.rejected', to: 'rejected', code: reason, patch });
  await ports.staging.removeAll(stagingKeys.all(input.submission));
  return {};
};

export const handler = stepHandler({ input: StepInput, output: Nothing }, rejectSubmission);
