import { appendEvent, openChain } from '../../core/audit/appendEvent.ts';
import type { Submission } from '../../core/submission/contracts/Submission.ts';
import type { LedgerChange } from '../../core/submission/ports.ts';

const actor = { kind: 'system', id: 'contract' } as const;
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A draft of a site; `number` orders drafts by creation. */
export function draft(number: number, site = 'north'): LedgerChange {
  const digits = [number >> 10, number >> 5, number].map((bits) => alphabet[bits & 31]).join('');
  const at = new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString();
  const submission = {
    id: `sub_${'0'.repeat(23)}${digits}`,
    site,
    project: 'TRIAL',
    state: 'draft',
    attempt: 0,
    createdAt: at,
    updatedAt: at,
    createdBy: 'subject-1',
  } as const;
  return openChain(submission, { type: 'submission.created', actor, at });
}

/** The next event of a submission, which keeps its state. */
export function announcement(submission: Submission, files = 1): LedgerChange {
  const manifest = { sha256: 'ab'.repeat(32), sizeBytes: 10, files, bytes: 5 };
  const at = '2026-02-01T00:00:00.000Z';
  return appendEvent(submission, { type: 'manifest.announced', actor, at, to: 'uploading' }, { manifest });
}
