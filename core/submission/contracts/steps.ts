import * as z from 'zod';
import { Made } from '../../audit/Made.ts';
import { PreviousReceipt } from '../../audit/PreviousReceipt.ts';
import { limits } from '../../policy/limits.ts';
import { Rectangle } from '../../policy/Rectangle.ts';
import { ResourceLevel } from '../../policy/ResourceRule.ts';
import { DeliveredFile } from './DeliveredFile.ts';
import { PlannedResource } from './PlannedResource.ts';
import { SessionField } from './SessionField.ts';
import { SubmissionId, XnatLabel } from './Submission.ts';

/**
 * The contracts of the workflow's steps: what passes between states (ids only: execution history keeps it for 90
 * days) and what each step leaves in the WORK bucket. No schema here has room for a tag value, a path or a person:
 * files go by number, patients by pseudonym, UIDs as mapped.
 */
const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
const Md5Hex = z.string().regex(/^[0-9a-f]{32}$/);
const BatchId = z.string().regex(/^b[0-9]{5,}$/);
const ScanKey = z.string().regex(/^r[0-9]{4,}$/);
const SessionKey = z.string().regex(/^s[0-9]{3,}$/);
const DeliveryId = z.string().regex(/^d[0-9]{4,}$/);

// ── between states ──────────────────────────────────────────────────────────────────────────────────────────────

export const StepInput = z.object({ submission: SubmissionId, attempt: z.int().positive() });
export type StepInput = z.infer<typeof StepInput>;

export const BatchInput = StepInput.extend({ item: z.object({ batch: BatchId }) });
export type BatchInput = z.infer<typeof BatchInput>;

export const DeliveryInput = StepInput.extend({ item: z.object({ delivery: DeliveryId }) });
export type DeliveryInput = z.infer<typeof DeliveryInput>;

/** The Catch puts the error's name here; its cause stays in the log. */
export const FailureInput = StepInput.extend({ failure: z.object({ Error: z.string() }).loose() });
export type FailureInput = z.infer<typeof FailureInput>;

/** Steps and map items that decide nothing return this: their results are objects in WORK. */
export const Nothing = z.strictObject({});
export type Nothing = z.infer<typeof Nothing>;

export const Decision = z.enum(['accept', 'hold', 'reject']);
export type Decision = z.infer<typeof Decision>;
export const ReviewOutput = z.object({ decision: Decision });
/** What is not in XNAT as it was sent holds the submission; a fault throws. */
export const ConfirmOutput = z.object({ decision: Decision.exclude(['reject']) });

// ── WORK: Plan ──────────────────────────────────────────────────────────────────────────────────────────────────

/** One line of batches.jsonl: one map item. It stands in execution history. */
export const BatchItem = z.object({ batch: BatchId, files: z.int().positive(), bytes: z.int().nonnegative() });
export type BatchItem = z.infer<typeof BatchItem>;

/** Where one file's bytes are in its object. */
export const PlannedFile = z.object({
  file: z.int().nonnegative(),
  sizeBytes: z.int().nonnegative(),
  sha256: Sha256Hex,
  /** Byte offset in the object: of the local ZIP header for a pack, 0 for a file. Absent: the pack lacks the file. */
  offset: z.int().nonnegative().optional(),
  /** Bytes as stored (compressed) in the pack; equals sizeBytes for a file. */
  storedBytes: z.int().nonnegative(),
  method: z.enum(['store', 'deflate']),
  resource: PlannedResource.optional(),
  /** Of `numberFolders`, where files are placed by them. */
  folders: z.array(z.int().nonnegative()).max(limits.folderLevels).optional(),
});
export type PlannedFile = z.infer<typeof PlannedFile>;

/** plan/{batch}.json: files of one object, in the order of their bytes; one ranged GET covers them. */
export const BatchPlan = z.object({
  batch: BatchId,
  object: z.string(),
  versionId: z.string(),
  /** Half-open byte range of the object that holds the files. */
  rangeStart: z.int().nonnegative(),
  rangeEnd: z.int().nonnegative(),
  files: z.array(PlannedFile),
});
export type BatchPlan = z.infer<typeof BatchPlan>;

// ── WORK: Validate ──────────────────────────────────────────────────────────────────────────────────────────────

export const Finding = z.object({
  code: z.string(),
  file: z.int().nonnegative(),
  /** Files that have it, `file` being the first; absent for one that decides on its file alone. */
  files: z.int().positive().optional(),
  severity: z.enum(['error', 'warning', 'info']),
  disposition: z.enum(['accept', 'hold', 'refuse']),
  /** `(gggg,eeee)` where the structure is at fault. */
  tag: z.string().optional(),
  /** Byte offset in the file. */
  offset: z.int().nonnegative().optional(),
  /** Says what is wrong, with numbers and tags, never with a value. */
  message: z.string(),
});
export type Finding = z.infer<typeof Finding>;

/** Parts of an image that were blacked out, in each of so many frames. */
export const BlankedPixels = z.object({ frames: z.int().positive(), rectangles: z.array(Rectangle).min(1) });
export type BlankedPixels = z.infer<typeof BlankedPixels>;

/** What Validate learnt of one DICOM file, by pseudonym and mapped UID. */
export const DicomFact = z.object({
  /** Keyed pseudonym of patient id and issuer. */
  patient: z.string(),
  /** Keyed pseudonyms of name and birth date: what one patient has two of belongs to two, or was mistyped. */
  person: z.object({ name: z.string().optional(), birthDate: z.string().optional() }).optional(),
  study: z.string(),
  series: z.string(),
  instance: z.string(),
  sopClass: z.string(),
  modality: z.string(),
  transferSyntax: z.string(),
  seriesNumber: z.int().optional(),
  instanceNumber: z.int().optional(),
  /** De-identified (shifted) study date as yyyy-mm-dd; absent when the policy removes dates. */
  studyDate: z.iso.date().optional(),
  /** SHA-256 of the value of Pixel Data (7FE0,0010 or 0008/0009) as it lies in the file; absent without pixels. */
  pixelSha256: Sha256Hex.optional(),
  /** Where the policy blacks out pixels: what it blacks out, and SHA-256 of the value with that blacked out. */
  blanked: BlankedPixels.extend({ pixelSha256: Sha256Hex }).optional(),
});
export type DicomFact = z.infer<typeof DicomFact>;

/** One line of facts/{batch}.jsonl. */
export const Fact = z.object({
  file: z.int().nonnegative(),
  sizeBytes: z.int().nonnegative(),
  /** SHA-256 of what arrived, by our own reading. */
  sha256: Sha256Hex,
  /** The worst disposition of the file's findings. */
  disposition: z.enum(['accept', 'hold', 'refuse']),
  dicom: DicomFact.optional(),
  /** Of a file that is no DICOM and that the project takes. */
  resource: PlannedResource.optional(),
  folders: PlannedFile.shape.folders,
});
export type Fact = z.infer<typeof Fact>;

// ── WORK: Review ────────────────────────────────────────────────────────────────────────────────────────────────

export const ReviewedSession = z.object({
  id: SessionKey,
  subject: XnatLabel,
  session: XnatLabel,
  patient: z.string(),
  study: z.string(),
  /** XNAT session type, like xnat:ctSessionData. */
  xsiType: z.string(),
  date: z.iso.date().optional(),
});
export type ReviewedSession = z.infer<typeof ReviewedSession>;

export const ReviewedScan = z.object({
  id: ScanKey,
  session: SessionKey,
  series: z.string(),
  /** XNAT scan id: the series number, with a suffix where two series share it. */
  scan: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  modality: z.string(),
  xsiType: z.string(),
  /** Not the DICOM of a scan, but another resource: of this scan, or above any scan, whose label stands in `scan` then. */
  resource: z
    .object({
      level: ResourceLevel,
      label: XnatLabel,
      ...{ format: z.string(), content: z.string(), tags: z.string() },
    })
    .optional(),
});
export type ReviewedScan = z.infer<typeof ReviewedScan>;

/** review.json: what the set as a whole is, and what becomes of it. */
export const Review = z.object({
  decision: Decision,
  /** Codes that explain a hold or a rejection. */
  reasons: z.array(z.string()),
  sessions: z.array(ReviewedSession),
  scans: z.array(ReviewedScan),
  /** Files that do not go on, with the finding that decided it. Every other file is accepted. */
  excluded: z.array(
    z.object({ file: z.int().nonnegative(), disposition: z.enum(['hold', 'refuse', 'duplicate']), code: z.string() }),
  ),
  /** Where files that are no DICOM go. */
  placed: z.array(z.object({ file: z.int().nonnegative(), scan: ScanKey })).default([]),
  /** Rules that files break together. */
  findings: z.array(Finding).default([]),
});
export type Review = z.infer<typeof Review>;

// ── WORK: Anonymize ─────────────────────────────────────────────────────────────────────────────────────────────

/** One line of evidence/{batch}.jsonl: what became of one file of the batch. */
export const Evidence = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('clean'),
    file: z.int().nonnegative(),
    arrivalSha256: Sha256Hex,
    /** The scan of review.json that it belongs to, and its name in the clean pack and in XNAT. */
    scan: ScanKey,
    /** Key of the clean pack in CLEAN. */
    pack: z.string(),
    name: z
      .string()
      .regex(/^([0-9.]{1,64}\.dcm|([A-Za-z0-9_-]{1,64}\/)?[0-9a-f]{16}(-[0-9]+)?(\.[a-z0-9]{1,8}){1,2})$/),
    sizeBytes: z.int().positive(),
    sha256: Sha256Hex,
    md5: Md5Hex,
    /** Of the emitted bytes, by a second reading of the output. */
    pixelSha256: Sha256Hex.optional(),
    /** Present where pixels were blacked out; elsewhere they are equal before and after. */
    blanked: BlankedPixels.optional(),
    /** Empty for a file that is no DICOM. */
    instance: z.string(),
    /** How many elements each action touched. */
    actions: z.record(z.string(), z.int().nonnegative()),
  }),
  z.object({
    outcome: z.literal('quarantined'),
    file: z.int().nonnegative(),
    arrivalSha256: Sha256Hex,
    code: z.string(),
  }),
  z.object({ outcome: z.literal('refused'), file: z.int().nonnegative(), code: z.string() }),
  z.object({ outcome: z.literal('duplicate'), file: z.int().nonnegative(), code: z.string() }),
]);
export type Evidence = z.infer<typeof Evidence>;
export type CleanEvidence = Extract<Evidence, { outcome: 'clean' }>;

/** One clean pack as S3 attested it when it was written. */
export const CleanPack = z.object({
  key: z.string(),
  scan: ScanKey,
  sizeBytes: z.int().positive(),
  /** Base64, with `-<parts>` when composite. */
  checksumSha256: z.string(),
});
export type CleanPack = z.infer<typeof CleanPack>;

// ── WORK: CheckIntegrity, Push, Confirm ─────────────────────────────────────────────────────────────────────────

/** One line of deliveries.jsonl: one map item. It stands in execution history. */
export const DeliveryItem = z.object({ delivery: DeliveryId, files: z.int().positive(), bytes: z.int().positive() });
export type DeliveryItem = z.infer<typeof DeliveryItem>;

/** delivery/{delivery}.json: one scan of one session and the clean packs that carry it. */
export const Delivery = z.object({
  delivery: DeliveryId,
  xnatProject: XnatLabel,
  session: ReviewedSession,
  scan: ReviewedScan,
  /** Of the session. */
  fields: z.array(SessionField).default([]),
  packs: z.array(z.object({ key: z.string(), sizeBytes: z.int().positive() })),
  files: z.array(DeliveredFile),
});
export type Delivery = z.infer<typeof Delivery>;

/** One line of mismatches/{attempt}-{delivery}.jsonl: what was wrong in XNAT, by our own names. */
export const ArchiveFinding = z.object({
  code: z.enum(['ArchiveFileMissing', 'ArchiveFileAltered', 'ArchiveFileForeign']),
  file: z.int().nonnegative().optional(),
  name: z.string().optional(),
  /** Of a file whose name is not ours, and may name a person. */
  scan: ScanKey.optional(),
  nameSha256: Sha256Hex.optional(),
});
export type ArchiveFinding = z.infer<typeof ArchiveFinding>;

/** confirmation.json: what XNAT itself lists, after comparison. */
export const Confirmation = z.object({
  sessions: z.array(
    z.object({
      ...{ id: SessionKey, uri: z.string(), made: Made, previous: PreviousReceipt.optional() },
      /** Those that the submission has filled, or will when its receipt is sealed. */
      fields: z.array(SessionField).optional(),
    }),
  ),
  files: z.array(
    z.object({
      file: z.int().nonnegative(),
      /** XNAT's own address of the file, relative to its root. */
      uri: z.string(),
      sizeBytes: z.int().positive(),
      md5: Md5Hex,
      /** XNAT wrote it again: the digest is XNAT's own, the instance is ours. */
      reencoded: z.literal(true).optional(),
      /** It was there before. */
      stood: z.literal(true).optional(),
    }),
  ),
});
export type Confirmation = z.infer<typeof Confirmation>;

/** confirmed/{attempt}-{delivery}.json: one delivery that was read back whole, so that a step that runs again goes on. */
export const ConfirmedDelivery = z.object({ files: Confirmation.shape.files, repaired: z.int().nonnegative() });
export type ConfirmedDelivery = z.infer<typeof ConfirmedDelivery>;
