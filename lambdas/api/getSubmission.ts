import * as z from 'zod';
import { requireOwn } from '../../core/policy/principal.ts';
import { SubmissionView } from '../../core/submission/contracts/api.ts';
import { SubmissionId } from '../../core/submission/contracts/Submission.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute } from '../runtime/apiRoute.ts';

/** One submission as its site sees it. */
export const getSubmission = apiRoute(
  'getSubmission',
  { request: z.object({ path: z.object({ submission: SubmissionId }) }), result: SubmissionView },
  ({ ledger }) =>
    async ({ path }, principal) => ({
      status: 200,
      body: requireOwn(principal, await ledger.get(path.submission)),
    }),
);

export const handler = apiHandler(getSubmission);
