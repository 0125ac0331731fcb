import * as z from 'zod';
import { XnatLabel } from '../submission/contracts/Submission.ts';

const CatalogText = z.string().regex(/^[A-Za-z0-9 _-]{0,32}$/);

/** What of XNAT holds a resource. Those of subjects and projects are shared by many submissions. */
export const ResourceLevel = z.enum(['scan', 'session', 'subject', 'project']);
export type ResourceLevel = z.infer<typeof ResourceLevel>;

/**
 * Where files that are no DICOM go, by the ending of their names. They are not examined and not changed: their headers
 * and texts may hold names. So each waits for a person, unless the project vouches for them.
 */
export const ResourceRule = z
  .strictObject({
    /** The resource in XNAT: NIFTI, BIDS, PHYSIO, EDAT, DOCS … */
    label: XnatLabel.refine((label) => label !== 'DICOM' && label !== 'AIRLOCK', { error: 'This label is taken' })
      // XNAT takes digits for the number of a resource
      .refine((label) => /[^0-9]/.test(label), { error: 'A label is more than a number' }),
    level: ResourceLevel.default('session'),
    /** In lower case, like `.nii.gz`. */
    endings: z
      .array(z.string().regex(/^(\.[a-z0-9]{1,8}){1,2}$/))
      .min(1)
      .max(50),
    /** Only files in a folder of this name, in lower case, at any depth. Such a rule goes before one without. */
    folder: z
      .string()
      .regex(/^[^/\\]{1,64}$/)
      .toLowerCase()
      .optional(),
    /**
     * At level `scan`: the text before the series number in a path, like `scans/` or `scan-`. Without it the scan is the
     * one whose DICOM files lie in the same folder. A file of which neither tells one scan is held.
     */
    seriesAfter: z.string().min(1).max(32).optional(),
    disposition: z.enum(['hold', 'accept']).default('hold'),
    format: CatalogText.default(''),
    content: CatalogText.default(''),
    tags: CatalogText.default(''),
  })
  .refine(({ level, seriesAfter }) => level === 'scan' || seriesAfter === undefined, {
    error: 'Only a rule of level scan tells a scan by its number',
  });
export type ResourceRule = z.infer<typeof ResourceRule>;
