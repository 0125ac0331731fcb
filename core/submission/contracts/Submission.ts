import * as z from 'zod';
import { SubmissionState } from './states.ts';

const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
/** Ids of this system: opaque, safe in keys, URLs, execution names and logs. */
export const SubmissionId = z.string().regex(/^sub_[0-9A-HJKMNP-TV-Z]{26}$/);
export const SiteId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/);
/** XNAT's project, subject and session labels: one path segment each. */
export const XnatLabel = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** By what people know a session in XNAT. */
export const SessionLabels = z.object({ subject: XnatLabel, session: XnatLabel });
export type SessionLabels = z.infer<typeof SessionLabels>;

/**
 * The labels that a session had, as far as they were sealed or asked for here. Another one is not told: somebody gave it
 * in XNAT, and it may name a person.
 */
export const FormerLabels = SessionLabels.partial();
export type FormerLabels = z.infer<typeof FormerLabels>;

/** Other labels for a session in XNAT, as they were asked for. */
export const WantedLabels = SessionLabels.partial().extend({
  /** The label of the session by now; needed where the submission has several. */
  from: XnatLabel.optional(),
});
export type WantedLabels = z.infer<typeof WantedLabels>;

/**
 * What to do where XNAT holds the session already: nothing (`fail`), add what it lacks (`append`), or make a session
 * under a label that is free. Nothing is ever overwritten.
 */
export const OnConflict = z.enum(['fail', 'append', 'new-label']);
export type OnConflict = z.infer<typeof OnConflict>;

/** By XNAT's resource route, or by its import service and prearchive. */
export const DeliveryRoute = z.enum(['archive', 'prearchive']);

/** What a submission as a whole announced: the digest, size and counts of its manifest. */
export const ManifestSummary = z.object({
  sha256: Sha256Hex,
  sizeBytes: z.int().positive(),
  files: z.int().positive(),
  /** Sum of the sizes of the files. */
  bytes: z.int().nonnegative(),
});
export type ManifestSummary = z.infer<typeof ManifestSummary>;

/** What a policy is told by: `policyDigest`, and the de-identification in words. */
export const AppliedPolicy = z.object({ sha256: Sha256Hex, profile: z.string() });
export type AppliedPolicy = z.infer<typeof AppliedPolicy>;

/** One submission as the ledger keeps it. It names no person: `createdBy` is the token's opaque subject. */
export const Submission = z.object({
  id: SubmissionId,
  site: SiteId,
  project: XnatLabel,
  /** Labels that the site asked for; absent when the project's scheme makes them. */
  subject: XnatLabel.optional(),
  session: XnatLabel.optional(),
  /** `fail` when absent. */
  onConflict: OnConflict.optional(),
  state: SubmissionState,
  /** The state in which the last attempt was held or failed: where the next one goes on. */
  interruptedIn: SubmissionState.optional(),
  /**
   * A code of the error catalogue, or reasons of the review and codes of files, by spaces (stopReason); present in held,
   * rejected and failed, and in a state on the way when its attempt ended waiting for XNAT.
   */
  reason: z.string().optional(),
  /** Number of the newest attempt; 0 before the first execution. */
  attempt: z.int().nonnegative(),
  /** How many attempts ended only because XNAT was away longer than an execution waits. */
  postponed: z.int().positive().optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  createdBy: z.string(),
  manifest: ManifestSummary.optional(),
  /** What its files are worked on by: the policy that stood at Plan. */
  policy: AppliedPolicy.optional(),
  /** Present until it is done, or refused. `attempt` is the one that it was asked of first. */
  relabel: WantedLabels.extend({ attempt: z.int().positive(), by: z.string() }).optional(),
  /** Why nothing was relabelled at last: a code of a catalogue, and XNAT's own id of what has the label. */
  relabelRefusal: z.object({ code: z.string(), standing: z.string().optional() }).optional(),
  /** Number of its newest addendum; each of them names the one before. */
  relabelled: z.int().positive().optional(),
  /** Where it goes, and which way: decided at Plan, whatever the policy says later. */
  destination: z.object({ xnatProject: XnatLabel, route: DeliveryRoute }).optional(),
  /** Final counts of files, present from Seal on. */
  outcome: z.object({ archived: z.int(), held: z.int(), refused: z.int() }).optional(),
  /** Head of the submission's audit chain: number and hash of its last event. */
  chain: z.object({ seq: z.int().nonnegative(), hash: Sha256Hex }),
});
export type Submission = z.infer<typeof Submission>;

/** One uploaded S3 object as the API and the ledger know it. */
export const UploadedObject = z.object({
  object: z.string(),
  /** S3's multipart upload id; never leaves the server. */
  uploadId: z.string(),
  /** When its first part was signed: how it is known that an upload of weeks still goes on. */
  openedAt: z.iso.datetime().optional(),
  /** Present once complete. */
  stored: z
    .object({
      versionId: z.string(),
      sizeBytes: z.int().nonnegative(),
      parts: z.int().positive(),
      /** S3's composite SHA-256: base64 of the digest over the part digests, with `-<parts>`. */
      checksumSha256: z.string(),
    })
    .optional(),
});
export type UploadedObject = z.infer<typeof UploadedObject>;
