import * as z from 'zod';
import { findingCatalogue } from '../submission/codes/findingCatalogue.ts';
import { SiteId, XnatLabel } from '../submission/contracts/Submission.ts';
import { DeliveryPolicy } from './DeliveryPolicy.ts';
import { Rectangle } from './Rectangle.ts';
import { ResourceRules } from './ResourceRules.ts';
import { SessionFields } from './SessionFields.ts';

const codes = Object.keys(findingCatalogue);
const FindingName = z.string().refine((code) => codes.includes(code), { error: 'No such finding code' });

/** Where devices of one kind burn names into images of one size. */
const PixelRule = z
  .strictObject({
    modality: z.string().regex(/^[A-Z]{2,16}$/),
    /** Manufacturer's Model Name (0008,1090), whole; absent: every model. */
    manufacturerModel: z.string().max(64).optional(),
    rows: z.int().positive().max(65_535),
    columns: z.int().positive().max(65_535),
    rectangles: z.array(Rectangle).min(1).max(64),
  })
  .refine(
    ({ rows, columns, rectangles }) =>
      rectangles.every(({ left, top, width, height }) => left + width <= columns && top + height <= rows),
    { error: 'A rectangle lies outside the image' },
  );

/** What one project accepts and how it is de-identified. Policies are files under `infra/projects`. */
export const ProjectPolicy = z.strictObject({
  project: XnatLabel,
  /** The project in XNAT, when it has another id there. */
  xnatProject: XnatLabel,
  sites: z.array(SiteId).min(1),
  /** What one refused file, or one held file, does to the rest of its submission. */
  onRefusedFile: z.enum(['continue', 'hold', 'reject']).default('continue'),
  onHeldFile: z.enum(['continue', 'hold']).default('continue'),
  /** Several patients or studies under one asked-for label. */
  onMixedSession: z.enum(['hold', 'reject']).default('hold'),
  /** Re-classes a finding for this project. */
  findings: z.partialRecord(FindingName, z.enum(['accept', 'hold', 'refuse'])).default({}),
  /** Files that are no DICOM; those of no rule are refused. */
  resources: ResourceRules.default([]),
  /** What the sessions in XNAT are told of the submission that they came by. */
  fields: SessionFields.default({}),
  delivery: DeliveryPolicy.prefault({}),
  deid: z
    .strictObject({
      /** PS3.15 options on top of the Basic Profile. Modified dates shift all dates of a patient by one keyed offset. */
      dates: z.enum(['remove', 'shift', 'retain']).default('shift'),
      retainUids: z.boolean().default(false),
      retainPatientCharacteristics: z.boolean().default(false),
      retainDeviceIdentity: z.boolean().default(false),
      retainInstitutionIdentity: z.boolean().default(false),
      /** Private elements of PS3.15 Table E.3.10-1, and those that the file itself marks as safe (0008,0300). */
      retainSafePrivate: z.boolean().default(false),
      /** Free text is cut down to words of a list of terms that name nobody, and to these. */
      cleanDescriptors: z.boolean().default(false),
      descriptorWords: z
        .array(z.string().regex(/^[A-Za-z0-9.]{2,32}$/))
        .max(10_000)
        .default([]),
      /** Content of structured reports stays, by PS3.15 Table E.3.4-1; otherwise it becomes dummies. */
      cleanStructuredContent: z.boolean().default(false),
      /** Overlays that mark regions and annotations stay, their words cleaned; overlays that draw are removed. */
      cleanGraphics: z.boolean().default(false),
      /** Rectangles to black out in uncompressed pixels. A compressed image that a rule fits is not let through. */
      cleanPixels: z.array(PixelRule).max(1000).default([]),
    })
    .prefault({}),
});
export type ProjectPolicy = z.infer<typeof ProjectPolicy>;
