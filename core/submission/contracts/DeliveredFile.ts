import * as z from 'zod';

/** One clean file of a delivery, by its number, its pack and its name there and in XNAT. */
export const DeliveredFile = z.object({
  file: z.int(),
  pack: z.string(),
  name: z.string(),
  sizeBytes: z.int(),
  md5: z.string().regex(/^[0-9a-f]{32}$/),
  /** Absent in deliveries that were planned before it was kept. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
