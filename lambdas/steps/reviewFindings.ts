import { advance, requireAttempt } from '../../core/submission/advance.ts';
import { writeDocument } from '../../core/submission/documents.ts';
import { workKeys } from '../../core/submission/keys.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { readBatchLines } from '../../core/submission/readBatchLines.ts';
import { requirePolicy } from '../../core/submission/requirePolicy.ts';
import { reviewFiles } from '../../core/submission/reviewFiles.ts';
import { Fact, Finding, ReviewOutput, StepInput } from '../../core/submission/steps.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type ReviewPorts = Pick<Ports, 'ledger' | 'work' | 'clock' | 'policies'>;

/** Looks at the set as a whole and decides: accept, hold for a person, or reject. */
export const reviewFindings = (ports: ReviewPorts) => async (input: StepInput) => {
  const { ledger, work, policies } = ports;
  const { submission } = input;
  const { project, subject, session } = await requireAttempt(ledger, input);
  const facts = await readBatchLines(work, submission, { key: workKeys.facts, schema: Fact });
  const findings = await readBatchLines(work, submission, { key: workKeys.findings, schema: Finding });
  const review = reviewFiles({ facts, findings }, requirePolicy(policies, project), { subject, session });
  await writeDocument(work, workKeys.review(submission), review);
  if (review.decision === 'accept') {
    const counts = { files: facts.length, excluded: review.excluded.length, sessions: review.sessions.length };
    await advance(ports, input, { type: 'files.validated', to: 'anonymizing', counts });
  }
  return { decision: review.decision };
};

export const handler = stepHandler({ input: StepInput, output: ReviewOutput }, reviewFindings);
