import * as z from 'zod';
import { SubmissionId } from '../submission/contracts/Submission.ts';

/** The receipt that another one is an addendum to: its submission, and the SHA-256 of what its signature covers. */
export const PreviousReceipt = z.object({ submission: SubmissionId, sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export type PreviousReceipt = z.infer<typeof PreviousReceipt>;
