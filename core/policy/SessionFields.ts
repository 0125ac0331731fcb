import * as z from 'zod';

/** What a session may be told of a submission. Nothing of it names a person: ids of ours, and SHA-256 in hex. */
const FieldSource = z.enum(['submission', 'site', 'project', 'policy', 'manifest', 'receipt']);
export type FieldSource = z.infer<typeof FieldSource>;

/** XNAT's own fields of a session are `note` and `acquisition_site`; any other name is a custom variable. */
export const FieldName = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/);

/** Which field of a session in XNAT says what. XNAT keeps the names of custom variables in lower case. */
export const SessionFields = z
  .record(FieldName, FieldSource)
  .refine((fields) => Object.keys(fields).length <= 20, { error: 'There are more than 20 fields' });
export type SessionFields = z.infer<typeof SessionFields>;
