import * as z from 'zod';
import { limits } from '../../core/policy/limits.ts';
import { requireOwn } from '../../core/policy/principal.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { type PartAnnouncement, SignPartsBody, SignPartsResult } from '../../core/submission/contracts/api.ts';
import { stagingKeys } from '../../core/submission/contracts/keys.ts';
import { ObjectId } from '../../core/submission/contracts/Manifest.ts';
import { SubmissionId, type UploadedObject } from '../../core/submission/contracts/Submission.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute } from '../runtime/apiRoute.ts';

/** Signs one URL a part, bound to its size and digest; the first call opens the object. */
export const signParts = apiRoute(
  'signParts',
  {
    request: z.object({ path: z.object({ submission: SubmissionId, object: ObjectId }), body: SignPartsBody }),
    result: SignPartsResult,
  },
  ({ ledger, uploads, clock }) =>
    async ({ path: { submission, object }, body }, principal) => {
      const { state } = requireOwn(principal, await ledger.get(submission));
      if (state !== 'uploading') {
        throw new DomainError('StateConflict', `Cannot sign parts: the submission is ${state}, not uploading`);
      }
      requireWithinLimits(object, body.parts);
      const { uploadId, stored } = await openedObject({ ledger, uploads, clock }, submission, object);
      if (stored !== undefined) throw new DomainError('StateConflict', `Cannot sign parts: ${object} is complete`);
      const upload = { key: stagingKeys.object(submission, object), uploadId };
      const parts = body.parts.map(async (part) => ({
        number: part.number,
        ...(await uploads.signPart(upload, part)),
      }));
      return { status: 200, body: { parts: await Promise.all(parts) } };
    },
);

function requireWithinLimits(object: string, parts: PartAnnouncement[]): void {
  // Ids count from 1, so the number bounds how many objects there are without counting them
  if (Number(object.split('-')[1]) > limits.objectsPerSubmission) {
    throw new DomainError(
      'LimitExceeded',
      `Cannot open ${object}: at most ${limits.objectsPerSubmission} are numbered`,
    );
  }
  const large = parts.find(({ sizeBytes }) => sizeBytes > limits.partMaxBytes);
  if (large === undefined) return;
  throw new DomainError(
    'LimitExceeded',
    `Cannot sign part ${large.number}: it has ${large.sizeBytes} bytes, at most ${limits.partMaxBytes} are taken`,
  );
}

/** The record that stands: of two first calls at once one wins, and the other's upload is left to expire. */
async function openedObject(
  { ledger, uploads, clock }: Pick<Ports, 'ledger' | 'uploads' | 'clock'>,
  submission: string,
  object: string,
): Promise<UploadedObject> {
  const opened = await ledger.getObject(submission, object);
  if (opened !== undefined) return opened;
  const uploadId = await uploads.beginUpload(stagingKeys.object(submission, object));
  return ledger.openObject(submission, { object, uploadId, openedAt: clock.now() });
}

export const handler = apiHandler(signParts);
