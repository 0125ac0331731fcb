import * as z from 'zod';
import { ChainedEvent } from '../../audit/AuditEvent.ts';
import { SignedRelabelling } from '../../audit/Relabelling.ts';
import { limits } from '../../policy/limits.ts';
import { ManifestSummary, OnConflict, Submission, WantedLabels, XnatLabel } from './Submission.ts';
import { WithdrawalReason } from './WithdrawalReason.ts';

/**
 * The HTTP contract, one schema a body. Client, server, web and tests read it here. Every path is under /v1 but the
 * well-known one; every error is RFC 9457 problem+json with `code` from the error catalogue.
 */
export const routes = {
  describeService: 'GET /.well-known/airlock.json',
  createSubmission: 'POST /v1/submissions',
  listSubmissions: 'GET /v1/submissions',
  getSubmission: 'GET /v1/submissions/{submission}',
  putManifest: 'PUT /v1/submissions/{submission}/manifest',
  signParts: 'POST /v1/submissions/{submission}/objects/{object}/parts',
  listParts: 'GET /v1/submissions/{submission}/objects/{object}/parts',
  completeObject: 'POST /v1/submissions/{submission}/objects/{object}/complete',
  commitSubmission: 'POST /v1/submissions/{submission}/commit',
  resumeSubmission: 'POST /v1/submissions/{submission}/resume',
  withdrawSubmission: 'POST /v1/submissions/{submission}/withdraw',
  relabelSubmission: 'POST /v1/submissions/{submission}/relabel',
  listRelabellings: 'GET /v1/submissions/{submission}/relabellings',
  getCertificate: 'GET /v1/submissions/{submission}/certificate',
  getReceipt: 'GET /v1/submissions/{submission}/receipt',
  listEvents: 'GET /v1/submissions/{submission}/events',
} as const;
export type RouteName = keyof typeof routes;

const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
const Sha256Base64 = z.string().regex(/^[A-Za-z0-9+/]{43}=$/);

/** Where to sign in, and the key that receipts are signed with. Needs no token. */
export const ServiceDescription = z.object({
  issuer: z.url(),
  clientId: z.string(),
  scopes: z.array(z.string()),
  /** Ed25519, DER SubjectPublicKeyInfo, base64. */
  receiptKey: z.string(),
});
export type ServiceDescription = z.infer<typeof ServiceDescription>;

export const CreateSubmissionBody = z.strictObject({
  project: XnatLabel,
  subject: XnatLabel.optional(),
  session: XnatLabel.optional(),
  /** Needs the leave of the project's policy. */
  onConflict: OnConflict.optional(),
});
export type CreateSubmissionBody = z.infer<typeof CreateSubmissionBody>;

/** A submission as its site sees it. */
export const SubmissionView = Submission.omit({ createdBy: true, chain: true });
export type SubmissionView = z.infer<typeof SubmissionView>;

export const SubmissionList = z.object({ items: z.array(SubmissionView), cursor: z.string().optional() });

export const PutManifestBody = ManifestSummary.extend({
  sizeBytes: z.int().positive().max(limits.manifestBytes),
  files: z.int().positive().max(limits.manifestFiles),
}).strict();

/** Send exactly this method, URL and these headers with the body; the signature covers them. */
export const SignedUpload = z.object({
  method: z.literal('PUT'),
  url: z.url(),
  headers: z.record(z.string(), z.string()),
  expiresAt: z.iso.datetime(),
});
export type SignedUpload = z.infer<typeof SignedUpload>;

/** Announcing a manifest again with other content is a StateConflict once an object is complete. */
export const PutManifestResult = z.object({ upload: SignedUpload });

export const PartAnnouncement = z.strictObject({
  number: z.int().min(1).max(limits.partsPerObject),
  sizeBytes: z.int().positive(),
  sha256: Sha256Base64,
});
export type PartAnnouncement = z.infer<typeof PartAnnouncement>;

export const SignPartsBody = z.strictObject({
  parts: z.array(PartAnnouncement).min(1).max(limits.partsSignedPerRequest),
});
export const SignPartsResult = z.object({ parts: z.array(SignedUpload.extend({ number: z.int() })) });

/** What S3 itself holds: the client skips parts whose digest is equal, so nothing else is needed to resume. */
export const PartList = z.object({ parts: z.array(PartAnnouncement), complete: z.boolean() });

/** Every part in order; compared with what S3 holds before the object is completed. Safe to repeat. */
export const CompleteObjectBody = z.strictObject({
  parts: z.array(PartAnnouncement).min(1).max(limits.partsPerObject),
});
export const CompleteObjectResult = z.object({
  object: z.string(),
  sizeBytes: z.int().nonnegative(),
  checksumSha256: z.string(),
});

export const CommitBody = z.strictObject({ manifestSha256: Sha256Hex });

/** Releases a held submission (role operator), or re-drives a failed one. */
export const ResumeBody = z.strictObject({});

/** Gives an archived session another label, another subject, or both. Repeated, it answers the same. */
export const RelabelBody = WantedLabels.strict().refine(
  ({ subject, session }) => subject !== undefined || session !== undefined,
  { error: 'Neither a subject nor a session is named' },
);

/** The signed addenda, oldest first. */
export const RelabellingList = z.object({ relabellings: z.array(SignedRelabelling) });

/** Removes what was sent, wherever it is by now. Repeated, it answers the same. */
export const WithdrawBody = z.strictObject({ reason: WithdrawalReason.default('other') });

export const EventList = z.object({ events: z.array(ChainedEvent) });

/** RFC 9457. `code` is the name in the error catalogue; `detail` never holds a value, a path or a person. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  retryable: z.boolean(),
  issues: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;
