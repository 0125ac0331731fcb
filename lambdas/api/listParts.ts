import * as z from 'zod';
import { requireOwn } from '../../core/policy/principal.ts';
import { PartList } from '../../core/submission/contracts/api.ts';
import { stagingKeys } from '../../core/submission/contracts/keys.ts';
import { ObjectId } from '../../core/submission/contracts/Manifest.ts';
import { SubmissionId } from '../../core/submission/contracts/Submission.ts';
import { requireOpened } from '../../core/submission/storage/requireOpened.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute } from '../runtime/apiRoute.ts';

/** What S3 holds of an object that is not complete: all that a client needs to go on. */
export const listParts = apiRoute(
  'listParts',
  {
    request: z.object({ path: z.object({ submission: SubmissionId, object: ObjectId }) }),
    result: PartList,
  },
  ({ ledger, uploads }) =>
    async ({ path: { submission, object } }, principal) => {
      requireOwn(principal, await ledger.get(submission));
      const { uploadId, stored } = await requireOpened(ledger, submission, object);
      if (stored !== undefined) return { status: 200, body: { parts: [], complete: true } };
      const parts = await uploads.listParts({ key: stagingKeys.object(submission, object), uploadId });
      return { status: 200, body: { parts, complete: false } };
    },
);

export const handler = apiHandler(listParts);
