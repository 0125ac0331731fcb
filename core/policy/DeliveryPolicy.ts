import * as z from 'zod';
import { OnConflict } from '../submission/Submission.ts';

const TimeOfDay = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/);
const isTimeZone = (zone: string) => zone === 'UTC' || Intl.supportedValuesOf('timeZone').includes(zone);

/** When XNAT is written to. Whatever waits for it waits for up to a week. */
export const DeliveryPolicy = z.strictObject({
  /** What a site may ask for, where XNAT holds a session already. */
  onConflict: z.array(OnConflict.exclude(['fail'])).default([]),
  paused: z.boolean().default(false),
  /** Half-open, HH:MM; may span midnight. */
  hours: z
    .strictObject({
      from: TimeOfDay,
      until: TimeOfDay,
      timeZone: z.string().refine(isTimeZone, { error: 'No such time zone' }).default('UTC'),
    })
    .optional(),
});
