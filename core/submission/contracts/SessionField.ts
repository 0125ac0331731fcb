import * as z from 'zod';
import { FieldName } from '../../policy/SessionFields.ts';

/** A field of a session in XNAT, and what it says; without a value: the SHA-256 of the receipt. */
export const SessionField = z.object({ name: FieldName, value: z.string().optional() });
export type SessionField = z.infer<typeof SessionField>;
