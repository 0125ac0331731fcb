import type { Submission } from '../submission/contracts/Submission.ts';
import { requireTransition, type SubmissionState } from '../submission/contracts/states.ts';
import type { LedgerChange } from '../submission/ports.ts';
import type { AuditEvent, ChainedEvent } from './AuditEvent.ts';
import { hashJson } from './hashJson.ts';

/** The `prev` of a chain's first event. */
export const chainStart = '0'.repeat(64);

/** What happened, as its author tells it; the rest of the event follows from the submission. */
export interface Happening
  extends Pick<AuditEvent, 'type' | 'actor' | 'at' | 'code' | 'digests' | 'counts' | 'labels'> {
  /** The state that follows; absent when the state stays. */
  to?: SubmissionState;
}

/** Fields of the submission that change together with the event. */
export type Patch = Partial<
  Pick<
    Submission,
    | 'attempt'
    | 'postponed'
    | 'interruptedIn'
    | 'reason'
    | 'manifest'
    | 'policy'
    | 'destination'
    | 'outcome'
    | 'subject'
    | 'session'
    | 'relabel'
    | 'relabelRefusal'
    | 'relabelled'
  >
>;

/**
 * The submission after an event, and the event in its chain: the one place where a state changes.
 * @throws DomainError StateConflict when the state may not follow
 */
export function appendEvent(submission: Submission, happening: Happening, patch: Patch = {}): LedgerChange {
  const { to, ...told } = happening;
  if (to !== undefined && to !== submission.state) requireTransition(submission.state, to);
  const attempt = patch.attempt ?? submission.attempt;
  const event = chained({
    ...told,
    v: 1,
    id: `${submission.id}/${attempt}/${told.type}`,
    submission: submission.id,
    attempt,
    from: submission.state,
    to: to ?? submission.state,
    seq: submission.chain.seq + 1,
    prev: submission.chain.hash,
  });
  return { next: following(submission, event, patch), event };
}

/** The first event of a new submission, which has no chain yet. */
export function openChain(submission: Omit<Submission, 'chain'>, happening: Omit<Happening, 'to'>): LedgerChange {
  const event = chained({
    ...happening,
    v: 1,
    id: `${submission.id}/0/${happening.type}`,
    submission: submission.id,
    attempt: 0,
    to: submission.state,
    seq: 1,
    prev: chainStart,
  });
  return { next: { ...submission, chain: { seq: event.seq, hash: event.hash } }, event };
}

/** SHA-256 over the canonical JSON of an event without its hash. */
export function hashEvent({
  hash: _,
  ...event
}: ChainedEvent | (Omit<ChainedEvent, 'hash'> & { hash?: string })): string {
  return hashJson(event);
}

function chained(event: Omit<ChainedEvent, 'hash'>): ChainedEvent {
  return { ...event, hash: hashEvent(event) };
}

function following(submission: Submission, event: ChainedEvent, patch: Patch): Submission {
  return {
    ...submission,
    ...patch,
    state: event.to,
    updatedAt: event.at,
    chain: { seq: event.seq, hash: event.hash },
  };
}
