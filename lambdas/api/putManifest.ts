import * as z from 'zod';
import { appendEvent } from '../../core/audit/appendEvent.ts';
import { type Principal, requireOwn } from '../../core/policy/principal.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { PutManifestBody, PutManifestResult } from '../../core/submission/contracts/api.ts';
import { stagingKeys } from '../../core/submission/contracts/keys.ts';
import { type ManifestSummary, type Submission, SubmissionId } from '../../core/submission/contracts/Submission.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute } from '../runtime/apiRoute.ts';

/** Announces what will come, before the first byte of it, and answers where the manifest goes. */
export const putManifest = apiRoute(
  'putManifest',
  {
    request: z.object({ path: z.object({ submission: SubmissionId }), body: PutManifestBody }),
    result: PutManifestResult,
  },
  ({ ledger, uploads, clock }) =>
    async ({ path, body }, principal) => {
      const submission = requireOwn(principal, await ledger.get(path.submission));
      if (submission.state !== 'draft' && submission.state !== 'uploading') {
        throw new DomainError('StateConflict', `Cannot announce a manifest: the submission is ${submission.state}`);
      }
      if (!isSame(submission.manifest, body)) await announce({ ledger, clock }, submission, { principal, body });
      return { status: 200, body: { upload: await uploads.signPut(stagingKeys.manifest(submission.id), body) } };
    },
);

async function announce(
  { ledger, clock }: Pick<Ports, 'ledger' | 'clock'>,
  submission: Submission,
  { principal, body }: { principal: Principal; body: ManifestSummary },
): Promise<void> {
  const objects = await ledger.listObjects(submission.id);
  if (objects.some(({ stored }) => stored !== undefined)) {
    throw new DomainError('StateConflict', 'Cannot announce another manifest: an object of the first is complete');
  }
  const { sha256, sizeBytes, files, bytes } = body;
  const change = appendEvent(
    submission,
    {
      type: 'manifest.announced',
      actor: { kind: 'user', id: principal.subject },
      at: clock.now(),
      to: 'uploading',
      digests: { manifest: sha256 },
      counts: { files, bytes },
    },
    { manifest: { sha256, sizeBytes, files, bytes } },
  );
  await ledger.commit(change);
}

const isSame = (announced: ManifestSummary | undefined, { sha256, sizeBytes, files, bytes }: ManifestSummary) =>
  announced?.sha256 === sha256 &&
  announced.sizeBytes === sizeBytes &&
  announced.files === files &&
  announced.bytes === bytes;

export const handler = apiHandler(putManifest);
