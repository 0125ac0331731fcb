import { freeSessionLabels } from '../../core/delivery/push/freeSessionLabels.ts';
import { advance, requireAttempt } from '../../core/submission/attempts/advance.ts';
import { workKeys } from '../../core/submission/contracts/keys.ts';
import { Fact, Finding, ReviewOutput, StepInput } from '../../core/submission/contracts/steps.ts';
import { requireAppliedPolicy } from '../../core/submission/planning/requireAppliedPolicy.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { reviewFiles } from '../../core/submission/review/reviewFiles.ts';
import { writeDocument } from '../../core/submission/storage/documents.ts';
import { readBatchLines } from '../../core/submission/storage/readBatchLines.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type ReviewPorts = Pick<Ports, 'ledger' | 'work' | 'archive' | 'clock' | 'policies'>;

/**
 * Looks at the set as a whole and decides: accept, hold for a person, or reject. XNAT is asked only for a submission
 * that wants new labels where its own are taken.
 * @throws DomainError XnatUnavailable
 */
export const reviewFindings = (ports: ReviewPorts) => async (input: StepInput) => {
  const { ledger, work, policies } = ports;
  const { submission } = input;
  const current = await requireAttempt(ledger, input);
  const { subject, session, onConflict } = current;
  const facts = await readBatchLines(work, submission, { key: workKeys.facts, schema: Fact });
  const findings = await readBatchLines(work, submission, { key: workKeys.findings, schema: Finding });
  const policy = requireAppliedPolicy(policies, current);
  const reviewed = reviewFiles({ facts, findings }, policy, { subject, session });
  const isRelabelled = onConflict === 'new-label' && reviewed.decision !== 'reject';
  const review = isRelabelled
    ? await freeSessionLabels(ports, reviewed, { submission, xnatProject: policy.xnatProject })
    : reviewed;
  await writeDocument(work, workKeys.review(submission), review);
  if (review.decision === 'accept') {
    const counts = { files: facts.length, excluded: review.excluded.length, sessions: review.sessions.length };
    await advance(ports, input, { type: 'files.validated', to: 'anonymizing', counts });
  }
  return { decision: review.decision };
};

export const handler = stepHandler({ input: StepInput, output: ReviewOutput }, reviewFindings);
