import * as z from 'zod';

/** What takes a file if it is no DICOM. */
export const PlannedResource = z.object({
  /** The place of the rule in the policy of the plan. */
  rule: z.int().nonnegative(),
  /** Its name in XNAT. */
  name: z.string().regex(/^[0-9a-f]{16}(-[0-9]+)?(\.[a-z0-9]{1,8}){1,2}$/),
  /** Of the scan that it belongs to, where its path tells one. */
  seriesNumber: z.int().nonnegative().optional(),
});
export type PlannedResource = z.infer<typeof PlannedResource>;
