import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendEvent } from '../../../core/audit/appendEvent.ts';
import { ProjectPolicy } from '../../../core/policy/ProjectPolicy.ts';
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
const deployed = ProjectPolicy.parse({ project: 'TRIAL', xnatProject: 'TRIAL', sites: ['north', 'south'] });
const policy = { sha256: policyDigest(deployed), profile: 'p' };

/** A submission that the pipeline has held at its first attempt. */
async function held() {
  drafts += 1;
  const change = draft(drafts);
  await api.ledger.create(change);
  let submission = change.next;
  for (const to of ['uploading', 'submitted', 'validating', 'held'] as const) {
    const patch = { attempt: 1, policy };
    const next = appendEvent(submission, { type: 'attempt.started', actor, at, to }, patch);
    await api.ledger.commit(next);
    submission = next.next;
  }
  return submission;
}

const resume = (submission: string) =>
  api.call('resumeSubmission', { path: { submission }, roles: ['operator'], body: {} });

describe('resuming', () => {
  test('asked for again by the same person, since the answer was lost, is the same decision', async () => {
    const { id } = await held();
    const first = await resume(id);
    expect(await resume(id)).toEqual(first);
    // however far it has come by then
    const current = await api.ledger.get(id);
    if (current === undefined) throw new Error('There is no submission');
    await api.ledger.commit(appendEvent(current, { type: 'files.anonymized', actor, at, to: 'checking' }));
    expect(await resume(id)).toMatchObject({ status: 202, body: { state: 'checking', attempt: 2 } });
    expect(api.executions.started().filter(({ submission }) => submission === id)).toHaveLength(1);
    // another person has decided nothing
    const other = await api.call('resumeSubmission', {
      path: { submission: id },
      roles: ['operator'],
      subject: 'other',
      body: {},
    });
    expect(other).toMatchObject({ status: 409, body: { code: 'StateConflict' } });
  });

  test('asked for again when it failed again begins another attempt', async () => {
    const { id } = await held();
    await resume(id);
    const current = await api.ledger.get(id);
    if (current === undefined) throw new Error('There is no submission');
    const failed = appendEvent(
      current,
      { type: 'attempt.failed', actor, at, to: 'failed' },
      { interruptedIn: 'anonymizing' },
    );
    await api.ledger.commit(failed);
    expect((await resume(id)).body).toMatchObject({ attempt: 3 });
  });

  test('is no answer to who asked for a withdrawal', async () => {
    const { id } = await held();
    await api.call('withdrawSubmission', { path: { submission: id }, roles: ['operator'], body: {} });
    expect((await resume(id)).status).toBe(409);
  });
});
