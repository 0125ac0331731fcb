import * as z from 'zod';
import { appendEvent } from '../../core/audit/appendEvent.ts';
import { requireOwn } from '../../core/policy/principal.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { CommitBody, SubmissionView } from '../../core/submission/contracts/api.ts';
import { stagingKeys } from '../../core/submission/contracts/keys.ts';
import { type ManifestSummary, type Submission, SubmissionId } from '../../core/submission/contracts/Submission.ts';
import { hasReached } from '../../core/submission/contracts/states.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute } from '../runtime/apiRoute.ts';

/** Says that all has been sent: from here on the pipeline has the submission. Repeating it answers the same. */
export const commitSubmission = apiRoute(
  'commitSubmission',
  {
    request: z.object({ path: z.object({ submission: SubmissionId }), body: CommitBody }),
    result: SubmissionView,
  },
  ({ ledger, staging, clock }) =>
    async ({ path, body }, principal) => {
      const submission = requireOwn(principal, await ledger.get(path.submission));
      const manifest = requireAnnounced(submission, body.manifestSha256);
      const committed = isCommitted(submission)
        ? submission
        : await commit({ ledger, staging, clock }, { submission, manifest, subject: principal.subject });
      if (committed.state === 'submitted') {
        const document = Buffer.from(JSON.stringify({ submission: committed.id }));
        await staging.write(stagingKeys.commit(committed.id), document, { ifAbsent: true });
      }
      return { status: 200, body: committed };
    },
);

const isCommitted = ({ state }: Submission) =>
  hasReached(state, 'submitted') || state === 'held' || state === 'rejected' || state === 'failed';

function requireAnnounced({ manifest }: Submission, sha256: string): ManifestSummary {
  if (manifest === undefined) {
    throw new DomainError('ManifestMissing', 'Cannot commit: no manifest was announced');
  }
  if (manifest.sha256 === sha256) return manifest;
  throw new DomainError('ManifestMismatch', 'Cannot commit: another manifest was announced');
}

interface Commitment {
  submission: Submission;
  manifest: ManifestSummary;
  subject: string;
}

async function commit(
  { ledger, staging, clock }: Pick<Ports, 'ledger' | 'staging' | 'clock'>,
  { submission, manifest, subject }: Commitment,
): Promise<Submission> {
  const change = appendEvent(submission, {
    type: 'submission.committed',
    actor: { kind: 'user', id: subject },
    at: clock.now(),
    to: 'submitted',
    digests: { manifest: manifest.sha256 },
    counts: { files: manifest.files, bytes: manifest.bytes },
  });
  await requireManifestStored(staging, submission.id, manifest);
  const objects = await ledger.listObjects(submission.id);
  const open = objects.filter(({ stored }) => stored === undefined).length;
  if (open > 0 || objects.length === 0) {
    throw new DomainError('ObjectMissing', `Cannot commit: ${open} of ${objects.length} objects are not complete`);
  }
  await ledger.commit(change);
  return change.next;
}

async function requireManifestStored(
  staging: Ports['staging'],
  submission: string,
  { sha256, sizeBytes }: ManifestSummary,
): Promise<void> {
  const stored = await staging.head(stagingKeys.manifest(submission));
  if (stored === undefined) throw new DomainError('ManifestMissing', 'Cannot commit: the manifest did not arrive');
  const isSame = stored.checksumSha256 === Buffer.from(sha256, 'hex').toString('base64');
  if (isSame && stored.sizeBytes === sizeBytes) return;
  throw new DomainError('ManifestMismatch', 'Cannot commit: the manifest that arrived is not the announced one');
}

export const handler = apiHandler(commitSubmission);
