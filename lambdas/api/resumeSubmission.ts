import * as z from 'zod';
import { requireOwn } from '../../core/policy/principal.ts';
import { ResumeBody, SubmissionView } from '../../core/submission/api.ts';
import { beginAttempt } from '../../core/submission/beginAttempt.ts';
import { DomainError } from '../../core/submission/DomainError.ts';
import { type Submission, SubmissionId } from '../../core/submission/Submission.ts';
import type { SubmissionState } from '../../core/submission/states.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute } from '../runtime/apiRoute.ts';

/** A person releases what is held, or re-drives what failed: the next attempt goes on where the last one stopped. */
export const resumeSubmission = apiRoute(
  'resumeSubmission',
  {
    request: z.object({ path: z.object({ submission: SubmissionId }), body: ResumeBody.optional() }),
    result: SubmissionView,
  },
  ({ ledger, clock, executions }) =>
    async ({ path }, principal) => {
      const submission = requireOwn(principal, await ledger.get(path.submission));
      const actor = { kind: 'user', id: principal.subject } as const;
      const to = stateToResume(submission);
      return { status: 202, body: await beginAttempt({ ledger, clock, executions }, submission, { actor, to }) };
    },
);

function stateToResume({ state, interruptedIn = 'submitted' }: Submission): SubmissionState {
  if (state === 'failed') return interruptedIn;
  // The review decided to hold, and a person has answered it: what follows is the step after the review
  if (state === 'held') return 'anonymizing';
  throw new DomainError('StateConflict', `Cannot resume the submission: it is ${state}, neither held nor failed`);
}

export const handler = apiHandler(resumeSubmission);
