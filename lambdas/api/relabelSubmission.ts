import * as z from 'zod';
import { requireOwn } from '../../core/policy/principal.ts';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { RelabelBody, SubmissionView } from '../../core/submission/contracts/api.ts';
import { SubmissionId } from '../../core/submission/contracts/Submission.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute } from '../runtime/apiRoute.ts';

/**
 * A person gives an archived session another label or subject: an attempt of its own does so in XNAT. Repeating it
 * answers the same. Also one that failed is answered by another: no session stays between two labels.
 */
export const relabelSubmission = apiRoute(
  'relabelSubmission',
  {
    request: z.object({ path: z.object({ submission: SubmissionId }), body: RelabelBody }),
    result: SubmissionView,
  },
  ({ ledger, clock, executions }) =>
    async ({ path, body }, principal) => {
      const submission = requireOwn(principal, await ledger.get(path.submission));
      const { state, relabel, interruptedIn } = submission;
      const isUnderWay = state === 'relabelling' && isSame(relabel, body);
      if (isUnderWay) return { status: 202, body: submission };
      // what broke off half done can be asked for anew, with these labels or the old ones
      const isBrokenOff = state === 'failed' && interruptedIn === 'relabelling';
      if (state !== 'archived' && !isBrokenOff) {
        throw new DomainError('StateConflict', `Cannot relabel the submission: it is ${state}, wanted archived`);
      }
      const actor = { kind: 'user', id: principal.subject } as const;
      const wanted = { ...body, attempt: submission.attempt + 1, by: principal.subject };
      const patch = { relabel: wanted, relabelRefusal: undefined };
      const request = { type: 'relabel.requested', to: 'relabelling', actor, patch } as const;
      return { status: 202, body: await beginAttempt({ ledger, clock, executions }, submission, request) };
    },
);

type Labels = z.infer<typeof RelabelBody>;

const isSame = (asked: Labels | undefined, { from, subject, session }: Labels) =>
  asked?.from === from && asked?.subject === subject && asked?.session === session;

export const handler = apiHandler(relabelSubmission);
