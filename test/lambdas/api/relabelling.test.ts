import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendEvent } from '../../../core/audit/appendEvent.ts';
import { verifyChain } from '../../../core/audit/verifyChain.ts';
import { limits } from '../../../core/policy/limits.ts';
import { auditKeys } from '../../../core/submission/contracts/keys.ts';
import type { SubmissionState } from '../../../core/submission/contracts/states.ts';
import { draft } from '../../contracts/changes.ts';
import { type Api, openApi } from '../../fakes/openApi.ts';

let api: Api;
let drafts = 500;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const actor = { kind: 'system', id: 'pipeline' } as const;
const at = '2026-03-01T00:00:00.000Z';
const upToArchived: SubmissionState[] = [
  ...([
    'uploading',
    'submitted',
    'validating',
    'anonymizing',
    'checking',
    'pushing',
    'confirming',
    'archived',
  ] as const),
];

async function broughtTo(states: SubmissionState[], interruptedIn?: SubmissionState) {
  drafts += 1;
  const change = draft(drafts);
  await api.ledger.create(change);
  let submission = change.next;
  for (const to of states) {
    const patch = { attempt: 1, ...(interruptedIn && { interruptedIn }) };
    const next = appendEvent(submission, { type: 'attempt.started', actor, at, to }, patch);
    await api.ledger.commit(next);
    submission = next.next;
  }
  return submission.id;
}

const relabel = (
  submission: string,
  body: unknown,
  roles: readonly ('operator' | 'uploader' | 'auditor')[] = ['operator'],
) => api.call('relabelSubmission', { path: { submission }, roles, body });

describe('other labels', () => {
  test('begin an attempt of their own, once however often they are asked for', async () => {
    const id = await broughtTo(upToArchived);
    const first = await relabel(id, { session: 'NEW', subject: 'S2' });
    expect(first).toMatchObject({ status: 202, body: { state: 'relabelling', attempt: 2 } });
    expect(await relabel(id, { session: 'NEW', subject: 'S2' })).toMatchObject({ status: 202, body: first.body });
    expect(await api.executions.status({ submission: id, attempt: 2 })).toBe('running');
    const events = await api.ledger.events(id);
    verifyChain(events);
    expect(events.at(-1)).toMatchObject({
      ...{ type: 'relabel.requested', actor: { kind: 'user', id: 'subject-1' }, from: 'archived', to: 'relabelling' },
    });
    expect(JSON.stringify(events)).not.toContain('NEW');
    expect(await relabel(id, { session: 'ANOTHER' })).toMatchObject({ status: 409, body: { code: 'StateConflict' } });
  });

  test('can be asked for anew where giving them broke off', async () => {
    const id = await broughtTo([...upToArchived, 'relabelling', 'failed'], 'relabelling');
    expect(await relabel(id, { session: 'OLD' })).toMatchObject({ status: 202, body: { state: 'relabelling' } });
    expect(await api.ledger.get(id)).toMatchObject({ relabel: { session: 'OLD', attempt: 2 }, attempt: 2 });
    // and not where something else did
    const other = await broughtTo([...upToArchived.slice(0, -1), 'failed'], 'confirming');
    expect(await relabel(other, { session: 'NEW' })).toMatchObject({ status: 409, body: { code: 'StateConflict' } });
  });

  test.each([
    { why: 'waits for its curator', states: upToArchived.slice(0, -1) },
    { why: 'was not committed', states: ['uploading'] as SubmissionState[] },
    { why: 'is withdrawn', states: [...upToArchived, 'withdrawing', 'withdrawn'] as SubmissionState[] },
  ])('are refused for what $why', async ({ states }) => {
    const answer = await relabel(await broughtTo(states), { session: 'NEW' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'StateConflict' } });
  });

  test.each([
    { why: 'neither', body: {} },
    { why: 'a label of other characters', body: { session: 'Doe, John' } },
    { why: 'a label that leaves the project', body: { subject: '../X' } },
    { why: 'a label that is too long', body: { session: 'x'.repeat(65) } },
    { why: 'more than labels', body: { session: 'NEW', project: 'OTHER' } },
  ])('are no request with $why, and are not told back', async ({ body }) => {
    const answer = await relabel(await broughtTo(upToArchived), body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'RequestInvalid' } });
    expect(JSON.stringify(answer.body)).not.toMatch(/Doe|OTHER/);
  });

  test.each([{ roles: ['uploader'] as const }, { roles: ['auditor'] as const }])(
    'may not be asked for by $roles',
    async ({ roles }) => {
      expect(await relabel(await broughtTo(upToArchived), { session: 'NEW' }, roles)).toMatchObject({ status: 403 });
    },
  );

  test('of another site do not exist', async () => {
    const path = { submission: await broughtTo(upToArchived) };
    const asked = { path, site: 'south', roles: ['operator'] as const, body: { session: 'NEW' } };
    expect(await api.call('relabelSubmission', asked)).toMatchObject({ status: 404 });
    expect(await api.call('listRelabellings', { path, site: 'south' })).toMatchObject({ status: 404 });
  });

  test.each([
    { why: 'while they are given', states: [...upToArchived, 'relabelling'] as SubmissionState[] },
    { why: 'when that failed', states: [...upToArchived, 'relabelling', 'failed'] as SubmissionState[] },
  ])('leave the receipt to be had $why', async ({ states }) => {
    const submission = await broughtTo(states, 'relabelling');
    const key = auditKeys.receipt(submission);
    await api.ports.audit.write(key, Buffer.alloc(limits.answerBytes + 1));
    // one too large for an answer is told where it lies, unread
    expect((await api.call('getReceipt', { path: { submission } })).status).toBe(303);
    const listed = await api.call('listRelabellings', { path: { submission } });
    expect(listed).toMatchObject({ status: 200, body: { relabellings: [] } });
  });
});
