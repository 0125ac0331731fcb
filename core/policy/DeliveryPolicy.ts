import * as z from 'zod';
import { DeliveryRoute, OnConflict } from '../submission/contracts/Submission.ts';
import { limits } from './limits.ts';

const TimeOfDay = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/);
const isTimeZone = (zone: string) => zone === 'UTC' || Intl.supportedValuesOf('timeZone').includes(zone);

/** When XNAT is written to. Whatever waits for it waits for up to a week. */
export const DeliveryPolicy = z.strictObject({
  /**
   * `archive` puts files where they belong, byte by byte. `prearchive` gives them to XNAT's import service, which writes
   * them again and may de-identify them once more; a curator archives them in XNAT, and only then are they archived here.
   */
  route: DeliveryRoute.default('archive'),
  /** By the route `prearchive`: have XNAT archive a session as soon as all of it is there, and wait for no curator. */
  commit: z.boolean().default(false),
  /** What a site may ask for, where XNAT holds a session already. */
  onConflict: z.array(OnConflict.exclude(['fail'])).default([]),
  /** `listed` believes the digests that XNAT lists; `download` reads every file back, and compares its SHA-256 as well. */
  confirm: z.enum(['listed', 'download']).default('listed'),
  paused: z.boolean().default(false),
  /** How long XNAT is left in peace after failures in a row, before one call looks whether it is back. */
  restSeconds: z.int().nonnegative().max(limits.archiveRestMaxSeconds).default(10),
  /** Half-open, HH:MM; may span midnight. */
  hours: z
    .strictObject({
      from: TimeOfDay,
      until: TimeOfDay,
      timeZone: z.string().refine(isTimeZone, { error: 'No such time zone' }).default('UTC'),
    })
    .optional(),
});
