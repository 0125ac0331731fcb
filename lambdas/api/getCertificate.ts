import * as z from 'zod';
import { SignedCertificate } from '../../core/audit/DeletionCertificate.ts';
import { limits } from '../../core/policy/limits.ts';
import { requireOwn } from '../../core/policy/principal.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { auditKeys } from '../../core/submission/contracts/keys.ts';
import { SubmissionId } from '../../core/submission/contracts/Submission.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { apiHandler } from '../runtime/apiHandler.ts';
import { apiRoute } from '../runtime/apiRoute.ts';

/** The signed proof that a submission was removed; one too large for an answer is told where it lies. */
export const getCertificate = apiRoute(
  'getCertificate',
  { request: z.object({ path: z.object({ submission: SubmissionId }) }), result: SignedCertificate },
  ({ ledger, audit, receiptLinks }) =>
    async ({ path }, principal) => {
      const { id, state } = requireOwn(principal, await ledger.get(path.submission));
      if (state !== 'withdrawn') {
        throw new DomainError('CertificateNotReady', `Cannot give the certificate: the submission is ${state}`);
      }
      const key = auditKeys.certificate(id);
      const stored = await audit.head(key);
      if ((stored?.sizeBytes ?? 0) > limits.answerBytes) return { location: await receiptLinks.sign(key) };
      return { status: 200, body: await readDocument(audit, key, SignedCertificate) };
    },
);

export const handler = apiHandler(getCertificate);
