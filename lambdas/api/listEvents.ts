import * as z from 'zod';
import { requireOwn } from '../../core/policy/principal.ts';
import { EventList } from '../../core/submission/contracts/api.ts';
import { SubmissionId } from '../../core/submission/contracts/Submission.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute } from '../runtime/apiRoute.ts';

/** The whole audit chain of a submission, so that its site can verify it. */
export const listEvents = apiRoute(
  'listEvents',
  { request: z.object({ path: z.object({ submission: SubmissionId }) }), result: EventList },
  ({ ledger }) =>
    async ({ path }, principal) => {
      const { id } = requireOwn(principal, await ledger.get(path.submission));
      return { status: 200, body: { events: await ledger.events(id) } };
    },
);

export const handler = apiHandler(listEvents);
