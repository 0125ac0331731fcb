import * as z from 'zod';
import type { ChainedEvent } from '../../core/audit/AuditEvent.ts';
import { requireOwn } from '../../core/policy/principal.ts';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { ResumeBody, SubmissionView } from '../../core/submission/contracts/api.ts';
import { type Submission, SubmissionId } from '../../core/submission/contracts/Submission.ts';
import { hasReached } from '../../core/submission/contracts/states.ts';
import { policyDigest } from '../../core/submission/planning/requireAppliedPolicy.ts';
import { requirePolicy } from '../../core/submission/planning/requirePolicy.ts';
import type { Policies } from '../../core/submission/ports.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute } from '../runtime/apiRoute.ts';

/**
 * A person releases what is held, or re-drives what failed: the next attempt goes on where the last one stopped, or
 * anew where the policy has changed before anything was delivered. Who asks again, since the answer was lost, is answered
 * the same: what goes on is what he let go on.
 */
export const resumeSubmission = apiRoute(
  'resumeSubmission',
  {
    request: z.object({ path: z.object({ submission: SubmissionId }), body: ResumeBody.optional() }),
    result: SubmissionView,
  },
  ({ ledger, clock, executions, policies }) =>
    async ({ path }, principal) => {
      const submission = requireOwn(principal, await ledger.get(path.submission));
      const actor = { kind: 'user', id: principal.subject } as const;
      if (!isAtRest(submission) && isHisOwn(await ledger.events(submission.id), submission, actor.id)) {
        return { status: 202, body: submission };
      }
      const to = stateToResume(submission, policies);
      return { status: 202, body: await beginAttempt({ ledger, clock, executions }, submission, { actor, to }) };
    },
);

const isAtRest = ({ state }: Submission) => state === 'failed' || state === 'held';

/** True when the newest attempt is the one that this person began, by releasing or resuming. */
const isHisOwn = (events: readonly ChainedEvent[], { attempt }: Submission, person: string) =>
  events.some(
    ({ type, actor, ...event }) =>
      event.attempt === attempt &&
      (type === 'submission.released' || type === 'attempt.started') &&
      actor.kind === 'user' &&
      actor.id === person,
  );

function stateToResume(submission: Submission, policies: Policies) {
  const { state, project, policy, interruptedIn = 'submitted' } = submission;
  if (!isAtRest(submission)) {
    throw new DomainError('StateConflict', `Cannot resume the submission: it is ${state}, neither held nor failed`);
  }
  const isOfPolicy = () => policyDigest(requirePolicy(policies, project)) === policy?.sha256;
  // its review chose a label that was taken before it was used: the review chooses another one
  if (interruptedIn === 'pushing' && wantsOtherLabel(submission) && isOfPolicy()) return 'validating';
  const isOutside = interruptedIn === 'withdrawing' || interruptedIn === 'relabelling';
  if (isOutside || hasReached(interruptedIn, 'pushing')) return interruptedIn;
  if (!isOfPolicy()) return 'submitted';
  // The review decided to hold, and a person has answered it: what follows is the step after the review. What a check
  // refused would be refused again: the same step makes it anew
  return state === 'held' || interruptedIn === 'checking' ? 'anonymizing' : interruptedIn;
}

const wantsOtherLabel = ({ reason, onConflict }: Submission) => reason === 'LabelTaken' && onConflict === 'new-label';

export const handler = apiHandler(resumeSubmission);
