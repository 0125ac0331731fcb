import '../../fakes/quietLog.ts';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appendEvent } from '../../../core/audit/appendEvent.ts';
import { verifyChain } from '../../../core/audit/verifyChain.ts';
import { limits } from '../../../core/policy/limits.ts';
import { stagingKeys } from '../../../core/submission/contracts/keys.ts';
import type { Submission } from '../../../core/submission/contracts/Submission.ts';
import { isInFlight, SubmissionState, stepToResume } from '../../../core/submission/contracts/states.ts';
import type { Executions, Ledger } from '../../../core/submission/ports.ts';
import { reconcileSubmissions } from '../../../lambdas/events/reconcileSubmissions.ts';
import { ObjectCreated, startExecution } from '../../../lambdas/events/startExecution.ts';
import { queueHandler } from '../../../lambdas/runtime/queueHandler.ts';
import { draft } from '../../contracts/changes.ts';
import { lambdaContext } from '../../fakes/lambdaContext.ts';
import { memoryExecutions } from '../../fakes/memoryExecutions.ts';
import { memoryLedger } from '../../fakes/memoryLedger.ts';
import { memoryRegisters } from '../../fakes/memoryRegisters.ts';
import { portsOf } from '../../fakes/portsOf.ts';

const actor = { kind: 'system', id: 'pipeline' } as const;
const clock = { now: () => '2026-03-01T00:00:00.000Z', sleep: async () => undefined };
const upTo: SubmissionState[] = [
  'uploading',
  'submitted',
  'validating',
  'anonymizing',
  'checking',
  'pushing',
  'confirming',
];

function machine() {
  const ledger = memoryLedger();
  const executions = memoryExecutions();
  return { ledger, executions, clock, registers: memoryRegisters() };
}
type Machine = ReturnType<typeof machine>;

/** A submission in a state, in which its attempt was recorded but nothing was started. */
async function broughtTo(
  { ledger }: Machine,
  state: SubmissionState,
  { number = 1, attempt = 0 } = {},
): Promise<Submission> {
  const change = draft(number);
  await ledger.create(change);
  let submission = change.next;
  const path: SubmissionState[] = [...upTo, 'archived', 'relabelling'];
  const states = state === 'withdrawing' ? [state] : path.slice(0, path.indexOf(state) + 1);
  for (const to of states) {
    const next = appendEvent(submission, { type: 'attempt.started', actor, at: clock.now(), to }, { attempt });
    await ledger.commit(next);
    submission = next.next;
  }
  return submission;
}

const messageOf = (key: string) => JSON.stringify({ 'detail-type': 'Object Created', detail: { object: { key } } });
const deliver = (ports: Pick<Machine, 'executions' | 'clock'> & { ledger: Ledger }, bodies: string[]) =>
  queueHandler(ObjectCreated, startExecution, () => portsOf(ports))(
    { Records: bodies.map((body, index) => ({ messageId: `m${index}`, body })) },
    lambdaContext,
  );

describe('the event of a commit object', () => {
  test('starts attempt 1 at the plan and leaves the state', async () => {
    const ports = machine();
    const { id } = await broughtTo(ports, 'submitted');
    expect(await deliver(ports, [messageOf(stagingKeys.commit(id))])).toEqual({ batchItemFailures: [] });
    expect(ports.executions.running()).toEqual([{ submission: id, attempt: 1, resumeFrom: 'Plan' }]);
    expect(await ports.ledger.get(id)).toMatchObject({ state: 'submitted', attempt: 1 });
  });

  test('coming again and again, at once or later, starts one execution', async () => {
    const ports = machine();
    const { id } = await broughtTo(ports, 'submitted');
    const message = messageOf(stagingKeys.commit(id));
    await Promise.all([deliver(ports, [message, message]), deliver(ports, [message]), deliver(ports, [message])]);
    await deliver(ports, [message]);
    expect(ports.executions.started()).toHaveLength(1);
    expect((await ports.ledger.get(id))?.attempt).toBe(1);
  });

  test('coming after the end changes nothing', async () => {
    const ports = machine();
    const confirming = await broughtTo(ports, 'confirming', { attempt: 1 });
    const archived = appendEvent(confirming, { type: 'receipt.sealed', actor, at: clock.now(), to: 'archived' });
    await ports.ledger.commit(archived);
    await deliver(ports, [messageOf(stagingKeys.commit(archived.next.id))]);
    expect(ports.executions.started()).toEqual([]);
  });

  test('of another object is let go', async () => {
    const ports = machine();
    const { id } = await broughtTo(ports, 'submitted');
    const bodies = [messageOf(stagingKeys.manifest(id)), messageOf(`control/${id}/commit.json.bak`)];
    expect(await deliver(ports, bodies)).toEqual({ batchItemFailures: [] });
    expect(ports.executions.started()).toEqual([]);
  });

  test.each([
    { why: 'is no JSON', body: 'x' },
    { why: 'is no event', body: '{}' },
    { why: 'names a submission that the ledger does not hold', body: messageOf(stagingKeys.commit(draft(9).next.id)) },
  ])('that $why comes again alone: its neighbours are handled', async ({ body }) => {
    const ports = machine();
    const { id } = await broughtTo(ports, 'submitted');
    const answer = await deliver(ports, [body, messageOf(stagingKeys.commit(id))]);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    expect(ports.executions.running()).toHaveLength(1);
  });
});

describe('the reconciler', () => {
  test.each(SubmissionState.options.filter(isInFlight).map((state) => ({ state })))(
    'starts the same attempt again where the ledger stands, when the execution of $state is gone',
    async ({ state }) => {
      const ports = machine();
      const { id } = await broughtTo(ports, state, { attempt: 1 });
      await reconcileSubmissions(ports)();
      expect(ports.executions.running()).toEqual([{ submission: id, attempt: 1, resumeFrom: stepToResume(state) }]);
    },
  );

  test('begins attempt 1 where the event was lost', async () => {
    const ports = machine();
    const { id } = await broughtTo(ports, 'submitted');
    await reconcileSubmissions(ports)();
    expect(ports.executions.running()).toEqual([{ submission: id, attempt: 1, resumeFrom: 'Plan' }]);
  });

  test('leaves a running execution alone', async () => {
    const ports = machine();
    const { id } = await broughtTo(ports, 'checking', { attempt: 1 });
    await ports.executions.start({ submission: id, attempt: 1, resumeFrom: 'Plan' });
    await reconcileSubmissions(ports)();
    expect(ports.executions.started()).toHaveLength(1);
    expect((await ports.ledger.get(id))?.attempt).toBe(1);
  });

  test('begins the next attempt when the execution ended on the way', async () => {
    const ports = machine();
    const { id } = await broughtTo(ports, 'pushing', { attempt: 1 });
    await ports.executions.start({ submission: id, attempt: 1, resumeFrom: 'Plan' });
    ports.executions.end(id, 1);
    await Promise.all([reconcileSubmissions(ports)(), reconcileSubmissions(ports)()]);
    expect(ports.executions.running()).toEqual([{ submission: id, attempt: 2, resumeFrom: 'Push' }]);
    verifyChain(await ports.ledger.events(id));
  });

  test('begins the next attempt when one that was postponed is forgotten: only so does its next failure count', async () => {
    const ports = machine();
    const submission = await broughtTo(ports, 'pushing', { attempt: 1 });
    const told = { type: 'delivery.postponed', actor, at: clock.now(), code: 'XnatUnavailable' } as const;
    await ports.ledger.commit(appendEvent(submission, told, { reason: 'XnatUnavailable', postponed: 1 }));
    await reconcileSubmissions(ports)();
    expect(ports.executions.running()).toEqual([{ submission: submission.id, attempt: 2, resumeFrom: 'Push' }]);
    expect((await ports.ledger.get(submission.id))?.reason).toBeUndefined();
  });

  test('gives up after many attempts, so that a person looks', async () => {
    const ports = machine();
    const { id } = await broughtTo(ports, 'checking', { attempt: limits.attemptsUnattended });
    await ports.executions.start({ submission: id, attempt: limits.attemptsUnattended, resumeFrom: 'Plan' });
    ports.executions.end(id, limits.attemptsUnattended);
    await reconcileSubmissions(ports)();
    expect(await ports.ledger.get(id)).toMatchObject({
      state: 'failed',
      interruptedIn: 'checking',
      reason: 'UnexpectedFault',
    });
  });

  test.each(['draft', 'uploading'] as const)('leaves what is %s to its site', async (state) => {
    const ports = machine();
    await broughtTo(ports, state);
    await reconcileSubmissions(ports)();
    expect(ports.executions.started()).toEqual([]);
  });

  test('helps the next submission when one cannot be helped, and says so', async () => {
    const ports = machine();
    const stuck = await broughtTo(ports, 'submitted', { number: 1 });
    const next = await broughtTo(ports, 'submitted', { number: 2 });
    const failing: Executions = {
      ...ports.executions,
      async start(input) {
        if (input.submission === stuck.id) throw new Error('no answer');
        return ports.executions.start(input);
      },
    };
    await expect(reconcileSubmissions({ ...ports, executions: failing })()).rejects.toThrow('no answer');
    expect(ports.executions.running().map(({ submission }) => submission)).toEqual([next.id]);
    await reconcileSubmissions(ports)();
    expect(ports.executions.running()).toHaveLength(2);
  });
});

test('whatever is lost, doubled, reordered or killed: one execution runs for the newest attempt, and the chain holds', async () => {
  const happening = fc.constantFrom(
    'event',
    'reconcile',
    'two at once',
    'killed before start',
    'restart',
    'execution died',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 12 }), async (happenings) => {
      const ports = machine();
      const { id } = await broughtTo(ports, 'submitted');
      const message = messageOf(stagingKeys.commit(id));
      const dying: Executions = { ...ports.executions, start: async () => Promise.reject(new Error('killed')) };
      const happen: Record<string, () => Promise<unknown>> = {
        event: () => deliver(ports, [message]),
        reconcile: reconcileSubmissions(ports),
        'two at once': () =>
          Promise.all([reconcileSubmissions(ports)(), deliver(ports, [message]), reconcileSubmissions(ports)()]),
        'killed before start': () => reconcileSubmissions({ ...ports, executions: dying })().catch(() => undefined),
        restart: async () => ports.executions.forgetAll(),
        'execution died': async () => ports.executions.end(id, (await ports.ledger.get(id))?.attempt ?? 0),
      };
      for (const each of happenings) {
        await happen[each]?.();
        expect(ports.executions.running().length).toBeLessThanOrEqual(1);
      }
      await reconcileSubmissions(ports)();
      const submission = await ports.ledger.get(id);
      verifyChain(await ports.ledger.events(id));
      if (submission?.state === 'failed') return;
      expect(ports.executions.running()).toEqual([
        { submission: id, attempt: submission?.attempt, resumeFrom: 'Plan' },
      ]);
    }),
    { numRuns: 200 },
  );
});
