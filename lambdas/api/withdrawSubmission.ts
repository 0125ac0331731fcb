import * as z from 'zod';
import type { ChainedEvent } from '../../core/audit/AuditEvent.ts';
import { requireOwn } from '../../core/policy/principal.ts';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { SubmissionView, WithdrawBody } from '../../core/submission/contracts/api.ts';
import { SubmissionId } from '../../core/submission/contracts/Submission.ts';
import { isInFlight } from '../../core/submission/contracts/states.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute } from '../runtime/apiRoute.ts';

/** A person takes back what was sent: an attempt removes it, wherever it is. Repeating it answers the same. */
export const withdrawSubmission = apiRoute(
  'withdrawSubmission',
  {
    request: z.object({ path: z.object({ submission: SubmissionId }), body: WithdrawBody.prefault({}) }),
    result: SubmissionView,
  },
  ({ ledger, clock, executions }) =>
    async ({ path, body }, principal) => {
      const submission = requireOwn(principal, await ledger.get(path.submission));
      const { state } = submission;
      if (state === 'withdrawing' || state === 'withdrawn') return { status: 202, body: submission };
      if (isInFlight(state) && !waitsForOthers(await ledger.events(submission.id))) {
        throw new DomainError(
          'StateConflict',
          `Cannot withdraw the submission: it is ${state}, wanted one that rests; try again when it does`,
        );
      }
      const actor = { kind: 'user', id: principal.subject } as const;
      const request = { type: 'withdrawal.requested', to: 'withdrawing', code: body.reason, actor } as const;
      return { status: 202, body: await beginAttempt({ ledger, clock, executions }, submission, request) };
    },
);

/**
 * An attempt that ended for an XNAT that is away, or that looks now and then whether a curator has done his part, may wait
 * for weeks. It writes nothing meanwhile, and finds itself replaced when it looks again.
 */
function waitsForOthers(events: readonly ChainedEvent[]): boolean {
  const last = events.at(-1)?.type;
  return last === 'delivery.postponed' || last === 'delivery.prearchived';
}

export const handler = apiHandler(withdrawSubmission);
