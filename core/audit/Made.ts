import * as z from 'zod';

/** What a submission made in XNAT, beside its files: so that a withdrawal takes that away and nothing else. */
export const Made = z.object({
  subject: z.boolean(),
  session: z.boolean(),
  /** XNAT's ids of the scans. */
  scans: z.array(z.string()),
});
export type Made = z.infer<typeof Made>;
