import * as z from 'zod';

/** A part of an image, in pixels from its upper left corner. */
export const Rectangle = z.strictObject({
  left: z.int().nonnegative(),
  top: z.int().nonnegative(),
  width: z.int().positive(),
  height: z.int().positive(),
});
export type Rectangle = z.infer<typeof Rectangle>;
