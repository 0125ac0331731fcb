import * as z from 'zod';
import { ResourceLevel } from '../policy/ResourceRule.ts';
import { SessionField } from '../submission/contracts/SessionField.ts';
import { AppliedPolicy, ManifestSummary, SiteId, SubmissionId, XnatLabel } from '../submission/contracts/Submission.ts';
import { BlankedPixels } from '../submission/contracts/steps.ts';
import { Made } from './Made.ts';
import { PreviousReceipt } from './PreviousReceipt.ts';

const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
const Md5Hex = z.string().regex(/^[0-9a-f]{32}$/);

/** What became of one file, hop by hop. `file` is its line in the manifest, counted from 0; no path stands here. */
export const ReceiptFile = z.object({
  file: z.int().nonnegative(),
  /** As the site announced it and as it arrived: equal for every file but a refused one. */
  sha256: Sha256Hex,
  sizeBytes: z.int().nonnegative(),
  outcome: z.enum(['archived', 'held', 'refused', 'duplicate']),
  /** The finding that decided it; absent for archived files. */
  code: z.string().optional(),
  archived: z
    .object({
      uri: z.string(),
      /** Of a file that is no DICOM: the resource it lies in, and of what that is one. */
      resource: z.object({ level: ResourceLevel, label: XnatLabel }).optional(),
      sizeBytes: z.int().positive(),
      /** Of the de-identified file. */
      sha256: Sha256Hex,
      md5: Md5Hex,
      /** XNAT wrote the file again: size and MD5 are of what it holds, SHA-256 of what it was given. */
      reencoded: z.literal(true).optional(),
      /** XNAT held it before this submission, byte by byte: it was not sent again. */
      stood: z.literal(true).optional(),
      /** Of the pixel data, equal before and after de-identification but where `blanked` says; absent without pixels. */
      pixelSha256: Sha256Hex.optional(),
      blanked: BlankedPixels.optional(),
    })
    .optional(),
});
export type ReceiptFile = z.infer<typeof ReceiptFile>;

/** What the site holds as proof. Numbers, digests, pseudonyms and XNAT addresses; no person. */
export const Receipt = z.object({
  v: z.literal(1),
  submission: SubmissionId,
  attempt: z.int().positive(),
  site: SiteId,
  project: XnatLabel,
  issuedAt: z.iso.datetime(),
  manifest: ManifestSummary,
  /** What every file was examined and de-identified by. */
  policy: AppliedPolicy,
  sessions: z.array(
    z.object({
      subject: XnatLabel,
      session: XnatLabel,
      uri: z.string(),
      /** The session stood before: this receipt is an addendum. Absent also where it did not come through here. */
      previous: PreviousReceipt.optional(),
      made: Made.optional(),
      /**
       * Fields of the session in XNAT that this submission filled. One without a value was empty when the receipt was
       * signed, for the digest of the receipt itself.
       */
      fields: z.array(SessionField).optional(),
    }),
  ),
  totals: z.object({ announced: z.int(), archived: z.int(), held: z.int(), refused: z.int(), duplicate: z.int() }),
  files: z.array(ReceiptFile),
  /** Head of the audit chain before the receipt's own event. */
  chain: z.object({ seq: z.int().positive(), hash: Sha256Hex }),
});
export type Receipt = z.infer<typeof Receipt>;

export const SignedReceipt = z.object({
  receipt: Receipt,
  /** Ed25519 over `receiptBytes`, base64; `publicKey` is DER SubjectPublicKeyInfo, base64. */
  signature: z.object({ algorithm: z.literal('Ed25519'), publicKey: z.string(), value: z.string() }),
});
export type SignedReceipt = z.infer<typeof SignedReceipt>;
