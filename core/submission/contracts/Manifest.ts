import * as z from 'zod';
import { limits } from '../../policy/limits.ts';

/**
 * An uploaded object is one file (`file-000001`) or a pack (`pack-000001`): a ZIP of many files whose entry names are
 * the paths in the manifest. The kind is in the id, so that it cannot disagree with anything.
 */
export const ObjectId = z.string().regex(/^(pack|file)-[0-9]{6}$/);

export const isPack = (object: string) => object.startsWith('pack-');

/**
 * One line of `manifest.ndjson`: one file. Lines of one object stand together, in the order of the pack. A file's
 * number is its line number, counted from 0: everything after the manifest names files by number, because `path` can
 * hold PHI and lives in STAGING and with the site alone.
 */
export const ManifestLine = z.object({
  path: z.string().min(1).max(limits.pathLength),
  size: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  object: ObjectId,
  /** What the site takes the file for; the pipeline decides by the bytes. */
  kind: z.enum(['dicom', 'other']),
});
export type ManifestLine = z.infer<typeof ManifestLine>;
