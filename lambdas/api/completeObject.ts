import * as z from 'zod';
import { requireOwn } from '../../core/policy/principal.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import {
  CompleteObjectBody,
  CompleteObjectResult,
  type PartAnnouncement,
} from '../../core/submission/contracts/api.ts';
import { stagingKeys } from '../../core/submission/contracts/keys.ts';
import { ObjectId } from '../../core/submission/contracts/Manifest.ts';
import { SubmissionId, type UploadedObject } from '../../core/submission/contracts/Submission.ts';
import { requireOpened } from '../../core/submission/storage/requireOpened.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute } from '../runtime/apiRoute.ts';

/** Makes an object of its parts, after S3's own list of them was found equal to what the caller announced. */
export const completeObject = apiRoute(
  'completeObject',
  {
    request: z.object({ path: z.object({ submission: SubmissionId, object: ObjectId }), body: CompleteObjectBody }),
    result: CompleteObjectResult,
  },
  ({ ledger, uploads }) =>
    async ({ path: { submission, object }, body: { parts } }, principal) => {
      const { state } = requireOwn(principal, await ledger.get(submission));
      const opened = await requireOpened(ledger, submission, object);
      const { uploadId, stored } = opened;
      if (stored !== undefined) return { status: 200, body: { object, ...requireSame(stored, parts) } };
      if (state !== 'uploading') {
        throw new DomainError('StateConflict', `Cannot complete ${object}: the submission is ${state}, not uploading`);
      }
      requireInOrder(parts);
      const { versionId, sizeBytes, checksumSha256 } = await uploads.completeUpload(
        { key: stagingKeys.object(submission, object), uploadId },
        parts,
      );
      if (checksumSha256 === undefined) {
        throw new DomainError('UnexpectedFault', `Cannot complete ${object}: storage kept no digest of it`);
      }
      const closed = { versionId, sizeBytes, checksumSha256, parts: parts.length };
      await ledger.closeObject(submission, { ...opened, stored: closed });
      return { status: 200, body: { object, sizeBytes, checksumSha256 } };
    },
);

function requireInOrder(parts: PartAnnouncement[]): void {
  const gap = parts.findIndex(({ number }, index) => number !== index + 1);
  if (gap === -1) return;
  throw new DomainError('RequestInvalid', `Cannot complete the object: its list lacks part ${gap + 1} at its place`);
}

function requireSame(stored: NonNullable<UploadedObject['stored']>, parts: PartAnnouncement[]) {
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  if (stored.parts === parts.length && stored.sizeBytes === sizeBytes) return stored;
  throw new DomainError('StateConflict', 'Cannot complete the object: it is complete with other parts');
}

export const handler = apiHandler(completeObject);
