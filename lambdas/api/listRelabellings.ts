import * as z from 'zod';
import { SignedRelabelling } from '../../core/audit/Relabelling.ts';
import { requireOwn } from '../../core/policy/principal.ts';
import { RelabellingList } from '../../core/submission/api.ts';
import { readDocument } from '../../core/submission/documents.ts';
import { auditKeys } from '../../core/submission/keys.ts';
import { SubmissionId } from '../../core/submission/Submission.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute } from '../runtime/apiRoute.ts';

/** The signed addenda by which the sessions of a submission have other labels than its receipt says. */
export const listRelabellings = apiRoute(
  'listRelabellings',
  { request: z.object({ path: z.object({ submission: SubmissionId }) }), result: RelabellingList },
  ({ ledger, audit }) =>
    async ({ path }, principal) => {
      const { id, relabelled = 0 } = requireOwn(principal, await ledger.get(path.submission));
      const relabellings: SignedRelabelling[] = [];
      for (let number = 1; number <= relabelled; number += 1) {
        relabellings.push(await readDocument(audit, auditKeys.relabelling(id, number), SignedRelabelling));
      }
      return { status: 200, body: { relabellings } };
    },
);

export const handler = apiHandler(listRelabellings);
