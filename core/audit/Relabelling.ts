import * as z from 'zod';
import { FormerLabels, SessionLabels, SiteId, SubmissionId, XnatLabel } from '../submission/contracts/Submission.ts';
import { PreviousReceipt } from './PreviousReceipt.ts';

const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * The addendum to a receipt that says by which labels its session is known from now on. What the receipt says of files
 * holds: their addresses name the session by XNAT's own id.
 */
export const Relabelling = z.object({
  v: z.literal(1),
  kind: z.literal('relabelling'),
  submission: SubmissionId,
  attempt: z.int().positive(),
  site: SiteId,
  project: XnatLabel,
  /** Counted from 1. */
  number: z.int().positive(),
  /**
   * Number of the addendum before it; absent for the first. One between them was signed by an attempt that was given up
   * before anybody was told of it.
   */
  after: z.int().positive().optional(),
  /** Opaque id of who asked for it. */
  by: z.string().max(128),
  issuedAt: z.iso.datetime(),
  /** SHA-256 of what the signature of the submission's receipt covers. */
  receipt: Sha256Hex,
  /** The newest receipt or addendum about the session before this one, of whichever submission. */
  previous: PreviousReceipt,
  /** XNAT's address of the session. */
  uri: z.string(),
  from: FormerLabels,
  to: SessionLabels,
  /** There was no subject of this label before. */
  madeSubject: z.boolean(),
  /** Files of the receipt that were read back in the session afterwards, with the size and MD5 that the receipt says. */
  files: z.int().nonnegative(),
  /** Head of the audit chain before the addendum's own event. */
  chain: z.object({ seq: z.int().positive(), hash: Sha256Hex }),
});
export type Relabelling = z.infer<typeof Relabelling>;

export const SignedRelabelling = z.object({
  relabelling: Relabelling,
  /** Ed25519 over `relabellingBytes`, base64; `publicKey` is DER SubjectPublicKeyInfo, base64. */
  signature: z.object({ algorithm: z.literal('Ed25519'), publicKey: z.string(), value: z.string() }),
});
export type SignedRelabelling = z.infer<typeof SignedRelabelling>;
