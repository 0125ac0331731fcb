import * as z from 'zod';
import { addendaSoFar } from '../../core/audit/sealedSoFar.ts';
import { requireOwn } from '../../core/policy/principal.ts';
import { RelabellingList } from '../../core/submission/contracts/api.ts';
import { SubmissionId } from '../../core/submission/contracts/Submission.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute } from '../runtime/apiRoute.ts';

/** The signed addenda by which the sessions of a submission have other labels than its receipt says. */
export const listRelabellings = apiRoute(
  'listRelabellings',
  { request: z.object({ path: z.object({ submission: SubmissionId }) }), result: RelabellingList },
  ({ ledger, audit }) =>
    async ({ path }, principal) => {
      const submission = requireOwn(principal, await ledger.get(path.submission));
      return { status: 200, body: { relabellings: await addendaSoFar(audit, submission) } };
    },
);

export const handler = apiHandler(listRelabellings);
