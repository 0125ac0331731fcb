import * as z from 'zod';
import { hashBytes } from '../audit/hashJson.ts';
import { PreviousReceipt } from '../audit/PreviousReceipt.ts';
import { workKeys } from '../submission/contracts/keys.ts';
import { FormerLabels, SessionLabels } from '../submission/contracts/Submission.ts';
import type { ObjectStore } from '../submission/ports.ts';
import { readDocument, writeDocument } from '../submission/storage/documents.ts';

/**
 * What a submission found in XNAT before it put anything there. It is written once and kept over all attempts: only
 * so can a later look tell what is the submission's own (to be repaired, or withdrawn) from what is another's.
 */
export const SessionClaim = z.object({
  /** There was no subject of this label. */
  isSubjectNew: z.boolean(),
  /** There was no session of this label. */
  isNew: z.boolean(),
  /** XNAT's own id of the one that stood. */
  standing: z.string().optional(),
  /** XNAT's ids of the scans that stood in it. */
  scans: z.array(z.string()),
  /** Names of our fields that had a value. */
  fields: z.array(z.string()).default([]),
  /** XNAT's ids of other sessions that held the same study. */
  elsewhere: z.array(z.string()).default([]),
  /** The newest receipt of what stood, when it came through here. */
  previous: PreviousReceipt.optional(),
});
export type SessionClaim = z.infer<typeof SessionClaim>;

/** What a relabelling found, and decided on, before it changed anything. */
export const RelabelClaim = z.object({
  /** XNAT's address of the session. */
  uri: z.string(),
  from: FormerLabels,
  to: SessionLabels,
  /** There was no subject of the new label. */
  isSubjectNew: z.boolean(),
});
export type RelabelClaim = z.infer<typeof RelabelClaim>;

/** Fields of a session that the submission fills: names of those that were empty before its first writing. */
export const FieldsClaim = z.array(z.string());

/** The id of that claim. */
export const fieldsOf = (session: string) => `${session}-fields`;

export const ScanClaim = z.object({
  /** Our names that XNAT did not hold: what this submission puts there. */
  names: z.array(z.string()),
  /** Files of others that stood beside them, as SHA-256 of their names: a foreign name may name a person. */
  others: z.array(z.string()),
});
export type ScanClaim = z.infer<typeof ScanClaim>;

/** What the relabelling of this attempt has claimed; undefined before. */
export async function relabelClaimOf(
  work: ObjectStore,
  submission: string,
  attempt: number,
): Promise<RelabelClaim | undefined> {
  const key = workKeys.claim(submission, relabelId(attempt));
  return (await work.head(key)) === undefined ? undefined : readDocument(work, key, RelabelClaim);
}

/** A relabelling in the claims of its submission, by the attempt that it was asked of first. */
export const relabelId = (attempt: number) => `relabel-a${attempt}`;

/** The claim that stands, or else the one that is made of what is found now. */
export async function claimOnce<Claim>(
  work: ObjectStore,
  { submission, id, schema }: { submission: string; id: string; schema: z.ZodType<Claim> },
  look: () => Promise<Claim>,
): Promise<Claim> {
  const key = workKeys.claim(submission, id);
  if ((await work.head(key)) === undefined) await writeDocument(work, key, await look(), { ifAbsent: true });
  return readDocument(work, key, schema);
}

/** A name as a claim keeps it. */
export const hashName = (name: string): string => hashBytes(new TextEncoder().encode(name));
