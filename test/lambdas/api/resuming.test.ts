import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendEvent } from '../../../core/audit/appendEvent.ts';
import { verifyChain } from '../../../core/audit/verifyChain.ts';
import { auditKeys } from '../../../core/submission/keys.ts';
import type { Submission } from '../../../core/submission/Submission.ts';
import type { SubmissionState } from '../../../core/submission/states.ts';
import { draft } from '../../contracts/changes.ts';
import { type Api, openApi } from '../../fakes/openApi.ts';

let api: Api;
let drafts = 0;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const actor = { kind: 'system', id: 'pipeline' } as const;
const at = '2026-03-01T00:00:00.000Z';

/** A submission that attempt 1 brought along these states. */
async function broughtTo(states: SubmissionState[], patch: Partial<Pick<Submission, 'interruptedIn' | 'reason'>> = {}) {
  drafts += 1;
  const change = draft(drafts);
  await api.ledger.create(change);
  let submission = change.next;
  for (const [index, to] of states.entries()) {
    const isLast = index === states.length - 1;
    const next = appendEvent(
      submission,
      { type: 'attempt.started', actor, at, to },
      { attempt: 1, ...(isLast && patch) },
    );
    await api.ledger.commit(next);
    submission = next.next;
  }
  return submission;
}

const resume = (submission: string) =>
  api.call('resumeSubmission', { path: { submission }, roles: ['operator'], body: {} });
const upTo: SubmissionState[] = ['uploading', 'submitted', 'validating'];

describe('resuming', () => {
  test.each([
    {
      why: 'what was held goes on after the review',
      states: [...upTo, 'held'],
      interruptedIn: 'validating',
      state: 'anonymizing',
      resumeFrom: 'Anonymize',
      type: 'submission.released',
    },
    {
      why: 'what failed in delivery goes on there',
      states: [...upTo, 'anonymizing', 'checking', 'pushing', 'failed'],
      interruptedIn: 'pushing',
      state: 'pushing',
      resumeFrom: 'Push',
      type: 'attempt.started',
    },
    {
      why: 'what failed before the plan starts anew',
      states: [...upTo.slice(0, 2), 'failed'],
      interruptedIn: undefined,
      state: 'submitted',
      resumeFrom: 'Plan',
      type: 'attempt.started',
    },
  ] as const)('$why', async ({ states, interruptedIn, state, resumeFrom, type }) => {
    const { id } = await broughtTo([...states], { reason: 'BurnedInRisk', ...(interruptedIn && { interruptedIn }) });
    const { status, body } = await resume(id);
    expect(status).toBe(202);
    expect(body).toMatchObject({ state, attempt: 2 });
    expect(body.reason).toBeUndefined();
    expect(api.executions.started()).toContainEqual({ submission: id, attempt: 2, resumeFrom });
    const events = await api.ledger.events(id);
    expect(events.at(-1)).toMatchObject({ type, attempt: 2, actor: { kind: 'user', id: 'subject-1' } });
    verifyChain(events);
  });

  test.each([{ states: [] }, { states: upTo }, { states: [...upTo, 'rejected'] }] as { states: SubmissionState[] }[])(
    'is refused after $states',
    async ({ states }) => {
      const { id } = await broughtTo(states);
      const { status, body } = await resume(id);
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'StateConflict' });
    },
  );

  test('from two persons at once starts one attempt', async () => {
    const { id } = await broughtTo([...upTo, 'held']);
    const answers = await Promise.all([resume(id), resume(id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    expect(api.executions.started().filter(({ submission }) => submission === id)).toHaveLength(1);
  });
});

test('the receipt of an archived submission is given as it was sealed', async () => {
  const { id } = await broughtTo([...upTo, 'anonymizing', 'checking', 'pushing', 'confirming', 'archived']);
  const sha256 = 'ab'.repeat(32);
  const signed = {
    receipt: {
      ...{ v: 1, submission: id, attempt: 1, site: 'north', project: 'TRIAL', issuedAt: at },
      manifest: { sha256, sizeBytes: 1, files: 1, bytes: 1 },
      policy: { sha256, profile: 'p' },
      sessions: [],
      totals: { announced: 1, archived: 0, held: 0, refused: 1, duplicate: 0 },
      files: [{ file: 0, sha256, sizeBytes: 1, outcome: 'refused', code: 'NotDicom' }],
      chain: { seq: 8, hash: sha256 },
    },
    signature: { algorithm: 'Ed25519', publicKey: 'cA==', value: 'cw==' },
  };
  await api.ports.audit.write(auditKeys.receipt(id), Buffer.from(JSON.stringify(signed)));
  const { status, body } = await api.call('getReceipt', { path: { submission: id }, roles: ['auditor'] });
  expect({ status, body }).toEqual({ status: 200, body: signed });
});
