import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendEvent } from '../../../core/audit/appendEvent.ts';
import { verifyChain } from '../../../core/audit/verifyChain.ts';
import { limits } from '../../../core/policy/limits.ts';
import { ProjectPolicy } from '../../../core/policy/ProjectPolicy.ts';
import { auditKeys } from '../../../core/submission/contracts/keys.ts';
import type { Submission } from '../../../core/submission/contracts/Submission.ts';
import type { SubmissionState, WorkflowStep } from '../../../core/submission/contracts/states.ts';
import { policyDigest } from '../../../core/submission/planning/requireAppliedPolicy.ts';
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
async function broughtTo(
  states: SubmissionState[],
  patch: Partial<Pick<Submission, 'interruptedIn' | 'reason' | 'policy' | 'onConflict'>> = {},
) {
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
const deployed = ProjectPolicy.parse({ project: 'TRIAL', xnatProject: 'TRIAL', sites: ['north', 'south'] });
const applied = { sha256: policyDigest(deployed), profile: 'p' };
const other = { sha256: 'ab'.repeat(32), profile: 'p' };

interface Case {
  why: string;
  states: SubmissionState[];
  interruptedIn: SubmissionState | undefined;
  policy?: Submission['policy'];
  reason?: string;
  onConflict?: Submission['onConflict'];
  state: SubmissionState;
  resumeFrom: WorkflowStep;
  type: 'attempt.started' | 'submission.released';
}

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
    {
      why: 'what was held under another policy is examined anew',
      states: [...upTo, 'held'],
      interruptedIn: 'validating',
      policy: other,
      state: 'submitted',
      resumeFrom: 'Plan',
      type: 'attempt.started',
    },
    {
      why: 'what failed on the way starts anew when the policy is another one by now',
      states: [...upTo, 'anonymizing', 'failed'],
      interruptedIn: 'anonymizing',
      policy: other,
      state: 'submitted',
      resumeFrom: 'Plan',
      type: 'attempt.started',
    },
    {
      why: 'what is in delivery goes on, whatever the policy is by now',
      states: [...upTo, 'anonymizing', 'checking', 'pushing', 'confirming', 'failed'],
      interruptedIn: 'confirming',
      policy: other,
      state: 'confirming',
      resumeFrom: 'Confirm',
      type: 'attempt.started',
    },
    {
      why: 'what a check refused is made anew: checked again it would be refused again',
      states: [...upTo, 'anonymizing', 'checking', 'failed'],
      interruptedIn: 'checking',
      state: 'anonymizing',
      resumeFrom: 'Anonymize',
      type: 'attempt.started',
    },
    {
      why: 'what found the new label of its review taken gets another one',
      states: [...upTo, 'anonymizing', 'checking', 'pushing', 'failed'],
      interruptedIn: 'pushing',
      reason: 'LabelTaken',
      onConflict: 'new-label',
      state: 'validating',
      resumeFrom: 'Validate',
      type: 'attempt.started',
    },
    {
      why: 'what asked for no new label waits at its own',
      states: [...upTo, 'anonymizing', 'checking', 'pushing', 'failed'],
      interruptedIn: 'pushing',
      reason: 'LabelTaken',
      onConflict: 'append',
      state: 'pushing',
      resumeFrom: 'Push',
      type: 'attempt.started',
    },
    {
      why: 'what was examined under another policy gets no new label: a part of it may be delivered',
      states: [...upTo, 'anonymizing', 'checking', 'pushing', 'failed'],
      interruptedIn: 'pushing',
      reason: 'LabelTaken',
      onConflict: 'new-label',
      policy: other,
      state: 'pushing',
      resumeFrom: 'Push',
      type: 'attempt.started',
    },
  ] satisfies Case[] as Case[])('$why', async (row) => {
    const { states, interruptedIn, policy = applied, reason = 'BurnedInRisk', state, resumeFrom, type } = row;
    const { id } = await broughtTo([...states], {
      ...{ reason, policy, onConflict: row.onConflict },
      ...(interruptedIn && { interruptedIn }),
    });
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

const sha256 = 'ab'.repeat(32);
const sealedReceipt = (submission: string, count: number) => ({
  receipt: {
    ...{ v: 1, submission, attempt: 1, site: 'north', project: 'TRIAL', issuedAt: at },
    manifest: { sha256, sizeBytes: 1, files: count, bytes: 1 },
    policy: { sha256, profile: 'p' },
    sessions: [],
    totals: { announced: count, archived: 0, held: 0, refused: count, duplicate: 0 },
    files: Array.from({ length: count }, (_, file) => ({
      file,
      sha256,
      sizeBytes: 1,
      outcome: 'refused',
      code: 'NotDicom',
    })),
    chain: { seq: 8, hash: sha256 },
  },
  signature: { algorithm: 'Ed25519', publicKey: 'cA==', value: 'cw==' },
});

describe('the receipt of an archived submission', () => {
  const getReceipt = async (count: number) => {
    const { id } = await broughtTo([...upTo, 'anonymizing', 'checking', 'pushing', 'confirming', 'archived']);
    const sealed = sealedReceipt(id, count);
    await api.ports.audit.write(auditKeys.receipt(id), Buffer.from(JSON.stringify(sealed)));
    return { sealed, ...(await api.call('getReceipt', { path: { submission: id }, roles: ['auditor'] })) };
  };

  test('is given as it was sealed', async () => {
    const { sealed, status, body } = await getReceipt(1);
    expect({ status, body }).toEqual({ status: 200, body: sealed });
  });

  test('is given by a link when it is too large for an answer', async () => {
    const { sealed, status, headers } = await getReceipt(limits.answerBytes / 128);
    expect(status).toBe(303);
    const linked = await fetch(headers.location ?? '');
    expect(await linked.json()).toEqual(sealed);
  });
});

describe('withdrawing', () => {
  const withdraw = (submission: string, body: unknown = { reason: 'consent' }) =>
    api.call('withdrawSubmission', { path: { submission }, roles: ['operator'], body });
  const rest: SubmissionState[] = [...upTo, 'anonymizing', 'checking', 'pushing', 'confirming'];

  test.each([
    { state: 'draft', states: [] },
    { state: 'uploading', states: ['uploading'] },
    { state: 'held', states: [...upTo, 'held'] },
    { state: 'rejected', states: [...upTo, 'rejected'] },
    { state: 'failed', states: [...upTo, 'failed'] },
    { state: 'archived', states: [...rest, 'archived'] },
  ] satisfies { state: SubmissionState; states: SubmissionState[] }[])(
    'what is $state is removed by an attempt of its own, however often it is asked for',
    async ({ states }) => {
      const { id, attempt } = await broughtTo(states);
      for (const _ of [1, 2]) {
        const { status, body } = await withdraw(id);
        expect({ status, state: body.state, attempt: body.attempt }).toEqual({
          ...{ status: 202, state: 'withdrawing', attempt: attempt + 1 },
        });
      }
      const started = api.executions.running().filter(({ submission }) => submission === id);
      expect(started).toEqual([{ submission: id, attempt: attempt + 1, resumeFrom: 'Withdraw' }]);
      const events = await api.ledger.events(id);
      verifyChain(events);
      expect(events.at(-1)).toMatchObject({ type: 'withdrawal.requested', code: 'consent', to: 'withdrawing' });
    },
  );

  test.each([
    { state: 'submitted', states: rest.slice(0, 2) },
    { state: 'validating', states: rest.slice(0, 3) },
    { state: 'pushing', states: rest.slice(0, 6) },
    { state: 'confirming', states: rest },
    { state: 'expired', states: ['expired'] },
  ] satisfies { state: SubmissionState; states: SubmissionState[] }[])(
    'what is $state is not withdrawn',
    async ({ state, states }) => {
      const { id } = await broughtTo(states);
      const { status, body } = await withdraw(id);
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'StateConflict' });
      expect((await api.ledger.get(id))?.state).toBe(state);
    },
  );

  test.each(['delivery.postponed', 'delivery.prearchived'] as const)(
    'what waits for others on its way (%s) is removed too',
    async (type) => {
      const submission = await broughtTo(rest);
      await api.ledger.commit(appendEvent(submission, { type, actor, at, code: 'XnatUnavailable' }));
      expect((await withdraw(submission.id)).body).toMatchObject({ state: 'withdrawing', attempt: 2 });
      verifyChain(await api.ledger.events(submission.id));
    },
  );

  test('takes no reason but those of the list', async () => {
    const { id } = await broughtTo([]);
    expect((await withdraw(id, { reason: 'Mrs. Doe asked for it' })).status).toBe(400);
  });

  test('gives a certificate when it is withdrawn, not earlier', async () => {
    const { id } = await broughtTo(['uploading']);
    const certificate = () => api.call('getCertificate', { path: { submission: id }, roles: ['auditor'] });
    await withdraw(id);
    expect((await certificate()).body).toMatchObject({ code: 'CertificateNotReady', retryable: true });
  });
});
