import * as z from 'zod';
import { limits } from '../../core/policy/limits.ts';
import { SubmissionList } from '../../core/submission/contracts/api.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute } from '../runtime/apiRoute.ts';

/** The site's submissions, newest first. */
export const listSubmissions = apiRoute(
  'listSubmissions',
  { request: z.object({ query: z.object({ cursor: z.string().max(256).optional() }) }), result: SubmissionList },
  ({ ledger }) =>
    async ({ query }, { site }) => ({
      status: 200,
      body: await ledger.list({ site, limit: limits.listPageSize, ...query }),
    }),
);

export const handler = apiHandler(listSubmissions);
