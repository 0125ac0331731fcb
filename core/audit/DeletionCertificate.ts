import * as z from 'zod';
import { SiteId, SubmissionId, XnatLabel } from '../submission/contracts/Submission.ts';
import { WithdrawalReason } from '../submission/contracts/WithdrawalReason.ts';

const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * Proof that a submission was taken back: everything named here was removed, then asked for again and not found. It is
 * kept in AUDIT, and holds numbers, digests, pseudonyms and XNAT addresses; no person.
 */
export const DeletionCertificate = z.object({
  v: z.literal(1),
  kind: z.literal('deletion'),
  submission: SubmissionId,
  attempt: z.int().positive(),
  site: SiteId,
  project: XnatLabel,
  reason: WithdrawalReason,
  issuedAt: z.iso.datetime(),
  /** SHA-256 of what the signature of the submission's receipt covers; absent when it was never archived. */
  receipt: Sha256Hex.optional(),
  /** Uploaded objects of which no version and no part is left; nor is anything cleaned, held or planned of them. */
  objects: z.int().nonnegative(),
  archive: z.array(
    z.object({
      /** By which labels it was last known, as far as they were sealed or asked for here: another one may name a person. */
      subject: XnatLabel.optional(),
      session: XnatLabel.optional(),
      /** XNAT's address of the session. */
      uri: z.string(),
      /** Addresses of the files that this submission had put there. */
      files: z.array(z.string()),
      /** Whether the session, and the subject, were made by this submission, held nothing else, and are gone too. */
      sessionRemoved: z.boolean(),
      subjectRemoved: z.boolean(),
      /** Fields of a session that stays which this submission had filled, by name: they are empty. */
      fields: z.array(z.string()).optional(),
    }),
  ),
  /** Head of the audit chain before the certificate's own event. */
  chain: z.object({ seq: z.int().positive(), hash: Sha256Hex }),
});
export type DeletionCertificate = z.infer<typeof DeletionCertificate>;

export const SignedCertificate = z.object({
  certificate: DeletionCertificate,
  /** Ed25519 over `certificateBytes`, base64; `publicKey` is DER SubjectPublicKeyInfo, base64. */
  signature: z.object({ algorithm: z.literal('Ed25519'), publicKey: z.string(), value: z.string() }),
});
export type SignedCertificate = z.infer<typeof SignedCertificate>;
