import * as z from 'zod';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { limits } from '../../core/policy/limits.ts';
import { requireOwn } from '../../core/policy/principal.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { auditKeys } from '../../core/submission/contracts/keys.ts';
import { type Submission, SubmissionId } from '../../core/submission/contracts/Submission.ts';
import { isFinal } from '../../core/submission/contracts/states.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute } from '../runtime/apiRoute.ts';

/** The signed proof of what became of each file; one too large for an answer is told where it lies. */
export const getReceipt = apiRoute(
  'getReceipt',
  { request: z.object({ path: z.object({ submission: SubmissionId }) }), result: SignedReceipt },
  ({ ledger, audit, receiptLinks }) =>
    async ({ path }, principal) => {
      const submission = requireOwn(principal, await ledger.get(path.submission));
      const { id, state } = submission;
      if (isFinal(state) && state !== 'archived') {
        throw new DomainError('StateConflict', `Cannot give the receipt: the submission is ${state}, which has none`);
      }
      if (!isSealed(submission)) {
        throw new DomainError('ReceiptNotReady', `Cannot give the receipt: the submission is ${state}, not archived`);
      }
      const key = auditKeys.receipt(id);
      const stored = await audit.head(key);
      if ((stored?.sizeBytes ?? 0) > limits.answerBytes) return { location: await receiptLinks.sign(key) };
      return { status: 200, body: await readDocument(audit, key, SignedReceipt) };
    },
);

/** What is being relabelled has its receipt, which stays true. */
const isSealed = ({ state, interruptedIn }: Submission) =>
  state === 'archived' || state === 'relabelling' || (state === 'failed' && interruptedIn === 'relabelling');

export const handler = apiHandler(getReceipt);
