import { advance } from '../../core/submission/advance.ts';
import { readDocument } from '../../core/submission/documents.ts';
import type { FindingCode } from '../../core/submission/findingCatalogue.ts';
import { stagingKeys, workKeys } from '../../core/submission/keys.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { Nothing, Review, StepInput } from '../../core/submission/steps.ts';
import { stopReason } from '../../core/submission/stopReason.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type RejectPorts = Pick<Ports, 'ledger' | 'work' | 'staging' | 'clock'>;

/**
 * Ends the submission: nothing of it is archived, and what the site sent, which it still has, is removed. The state comes
 * first: what has gone while it is on its way would be missed by its next attempt.
 */
export const rejectSubmission = (ports: RejectPorts) => async (input: StepInput) => {
  const reason = stopReason(await readDocument(ports.work, workKeys.review(input.submission), Review));
  const labels = reason.split(' ').includes(namesPatient) ? { subject: undefined, session: undefined } : {};
  const patch = { reason, ...labels };
  await advance(ports, input, { type: 'submission.rejected', to: 'rejected', code: reason, patch });
  await ports.staging.removeAll(stagingKeys.all(input.submission));
  return {};
};

/** The labels that were asked for are then no longer shown. */
const namesPatient: FindingCode = 'LabelIdentifies';

export const handler = stepHandler({ input: StepInput, output: Nothing }, rejectSubmission);
