import * as z from 'zod';
import { openChain } from '../../core/audit/appendEvent.ts';
import type { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import type { Principal } from '../../core/policy/principal.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { CreateSubmissionBody, SubmissionView } from '../../core/submission/contracts/api.ts';
import type { Submission } from '../../core/submission/contracts/Submission.ts';
import { submissionIdOf } from '../../core/submission/contracts/submissionIdOf.ts';
import type { LedgerChange } from '../../core/submission/ports.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute, IdempotencyKey } from '../runtime/apiRoute.ts';

/** Opens a draft. A repeated Idempotency-Key with the same body answers with the same submission. */
export const createSubmission = apiRoute(
  'createSubmission',
  {
    request: z.object({ body: CreateSubmissionBody, idempotencyKey: IdempotencyKey.optional() }),
    result: SubmissionView,
  },
  ({ ledger, policies, clock, ids }) =>
    async ({ body, idempotencyKey }, { site, subject }) => {
      const policy = policies.get(body.project);
      // A project of other sites alone does not exist for this one
      if (!policy?.sites.includes(site)) {
        throw new DomainError('ProjectNotFound', 'Cannot create a submission: the site has no such project');
      }
      requireLeave(policy, body);
      const id = idempotencyKey === undefined ? ids.submission() : submissionIdOf({ site, subject, idempotencyKey });
      const earlier = idempotencyKey === undefined ? undefined : await ledger.get(id);
      if (earlier !== undefined) return { status: 201, body: requireSame(earlier, body) };
      const change = firstChange({ id, body, at: clock.now(), principal: { site, subject } });
      await ledger.create(change);
      return { status: 201, body: change.next };
    },
);

function requireLeave({ delivery }: ProjectPolicy, { onConflict }: CreateSubmissionBody): void {
  if (onConflict === undefined || onConflict === 'fail' || delivery.onConflict.includes(onConflict)) return;
  throw new DomainError('Forbidden', `Cannot create a submission: the project does not allow onConflict ${onConflict}`);
}

interface Opening {
  id: string;
  body: CreateSubmissionBody;
  at: string;
  principal: Pick<Principal, 'site' | 'subject'>;
}

function firstChange({ id, body, at, principal: { site, subject } }: Opening): LedgerChange {
  return openChain(
    { ...body, id, site, state: 'draft', attempt: 0, createdAt: at, updatedAt: at, createdBy: subject },
    { type: 'submission.created', actor: { kind: 'user', id: subject }, at },
  );
}

function requireSame(earlier: Submission, body: CreateSubmissionBody): Submission {
  const fields = ['project', 'subject', 'session', 'onConflict'] as const;
  if (fields.every((field) => earlier[field] === body[field])) return earlier;
  throw new DomainError('RequestInvalid', 'Cannot create a submission: its Idempotency-Key came with another body');
}

export const handler = apiHandler(createSubmission);
