import * as z from 'zod';
import { FormerLabels, SessionLabels, SubmissionId } from '../submission/contracts/Submission.ts';
import { SubmissionState } from '../submission/contracts/states.ts';

const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** Every kind of event about a submission. */
const AuditEventType = z.enum([
  'submission.created',
  'manifest.announced',
  'submission.committed',
  'attempt.started',
  'submission.planned',
  'files.validated',
  'submission.held',
  'submission.rejected',
  'submission.released',
  'files.anonymized',
  'integrity.checked',
  'files.pushed',
  'delivery.postponed',
  'delivery.prearchived',
  'archive.differed',
  'receipt.sealed',
  'attempt.failed',
  'relabel.requested',
  'relabel.refused',
  'session.relabelled',
  'withdrawal.requested',
  'submission.withdrawn',
  'submission.expired',
]);

/** Who acted: an opaque id of a token's subject, or the pipeline itself. */
export const Actor = z.object({ kind: z.enum(['user', 'system']), id: z.string().max(128) });
export type Actor = z.infer<typeof Actor>;

/**
 * What happened to a submission. A closed schema: no free text, so no place for a patient. `id` is made from what
 * happened, not drawn, so that a step that runs twice writes one event.
 */
export const AuditEvent = z.strictObject({
  v: z.literal(1),
  /** `{submission}/{attempt}/{type}` */
  id: z.string(),
  submission: SubmissionId,
  at: z.iso.datetime(),
  type: AuditEventType,
  actor: Actor,
  attempt: z.int().nonnegative(),
  from: SubmissionState.optional(),
  to: SubmissionState,
  /** A code of a catalogue. */
  code: z.string().optional(),
  /** SHA-256 (hex) of the documents that prove it, by role: manifest, receipt, certificate. */
  digests: z.record(z.string(), Sha256Hex).optional(),
  counts: z.record(z.string(), z.int().nonnegative()).optional(),
  /** Of a session that was relabelled. They were looked at before: they name nobody. */
  labels: z.object({ from: FormerLabels, to: SessionLabels }).optional(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

/** An event in its chain: `hash` is SHA-256 over the canonical JSON of all other fields. */
export const ChainedEvent = AuditEvent.extend({
  /** 1 for the first event; gap-free. */
  seq: z.int().positive(),
  /** Hash of the event before; 64 zeros for the first. */
  prev: Sha256Hex,
  hash: Sha256Hex,
});
export type ChainedEvent = z.infer<typeof ChainedEvent>;
