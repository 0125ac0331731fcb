import * as z from 'zod';
import { XnatLabel } from '../submission/Submission.ts';

const CatalogText = z.string().regex(/^[A-Za-z0-9 _-]{0,32}$/);

/**
 * Where files that are no DICOM go, by the ending of their names. They are not examined and not changed: their headers
 * and texts may hold names. So each waits for a person, unless the project vouches for them.
 */
export const ResourceRule = z.strictObject({
  /** The resource of the session in XNAT: NIFTI, PHYSIO, EDAT, DOCS … */
  label: XnatLabel.refine((label) => label !== 'DICOM' && label !== 'AIRLOCK', { error: 'This label is taken' }),
  /** In lower case, like `.nii.gz`. */
  endings: z
    .array(z.string().regex(/^(\.[a-z0-9]{1,8}){1,2}$/))
    .min(1)
    .max(50),
  disposition: z.enum(['hold', 'accept']).default('hold'),
  format: CatalogText.default(''),
  content: CatalogText.default(''),
  tags: CatalogText.default(''),
});
export type ResourceRule = z.infer<typeof ResourceRule>;
