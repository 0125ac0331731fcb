import '../../fakes/quietLog.ts';

import { describe, expect, test } from 'vitest';
import { appendEvent } from '../../../core/audit/appendEvent.ts';
import { verifyChain } from '../../../core/audit/verifyChain.ts';
import { limits } from '../../../core/policy/limits.ts';
import { stagingKeys } from '../../../core/submission/contracts/keys.ts';
import type { SubmissionState } from '../../../core/submission/contracts/states.ts';
import { sweepUploads } from '../../../lambdas/events/sweepUploads.ts';
import { draft } from '../../contracts/changes.ts';
import { memoryLedger } from '../../fakes/memoryLedger.ts';
import { memoryObjectStore } from '../../fakes/memoryObjectStore.ts';
import { memoryRegisters } from '../../fakes/memoryRegisters.ts';

const actor = { kind: 'user', id: 'user-1' } as const;
const start = Date.parse('2026-03-01T00:00:00.000Z');
const day = 86_400_000;

/** Submissions last touched at the start, looked at so many days later. */
function swept(days: number) {
  const ledger = memoryLedger();
  const aborted: string[] = [];
  let drafts = 0;
  const ports = {
    ledger,
    staging: memoryObjectStore(),
    uploads: { abortUpload: async ({ uploadId }: { uploadId: string }) => void aborted.push(uploadId) },
    clock: { now: () => new Date(start + days * day).toISOString(), sleep: async () => undefined },
  };
  return {
    ...{ ports, aborted },
    async put(states: SubmissionState[]) {
      drafts += 1;
      const change = draft(drafts);
      await ledger.create(change);
      let submission = change.next;
      for (const to of ['uploading', ...states] as const) {
        const event = { type: 'manifest.announced', actor, at: new Date(start).toISOString(), to } as const;
        const next = appendEvent(submission, event, { subject: 'S1', session: 'V1' });
        await ledger.commit(next);
        submission = next.next;
      }
      const { id } = submission;
      await ports.staging.write(stagingKeys.object(id, 'pack-000001'), Buffer.from('PHI'));
      await ledger.openObject(id, { object: 'pack-000001', uploadId: `whole-${id}` });
      const stored = { versionId: 'v', sizeBytes: 3, parts: 1, checksumSha256: 'x-1' };
      await ledger.closeObject(id, { object: 'pack-000001', uploadId: `whole-${id}`, stored });
      await ledger.openObject(id, { object: 'pack-000002', uploadId: `half-${id}` });
      return id;
    },
    left: async (id: string) => (await Array.fromAsync(ports.staging.list(stagingKeys.all(id)))).length,
    sweep: () => sweepUploads({ ...ports, registers: memoryRegisters(), uploads: { ...unused, ...ports.uploads } })(),
  };
}

const unexpected = async () => Promise.reject(new Error('not asked for'));
const unused = {
  ...{ signPut: unexpected, beginUpload: unexpected, signPart: unexpected, listParts: unexpected },
  completeUpload: unexpected,
};

describe('the sweep of uploads', () => {
  test('expires what nobody touched for days, and removes what was sent of it, whole and half', async () => {
    const { ports, aborted, put, left, sweep } = swept(limits.draftDays + 1);
    const id = await put([]);
    await sweep();
    await sweep();
    const { state, subject, session } = (await ports.ledger.get(id)) ?? {};
    expect({ state, subject, session }).toEqual({ state: 'expired', subject: undefined, session: undefined });
    expect(await left(id)).toBe(0);
    expect(new Set(aborted)).toEqual(new Set([`half-${id}`]));
    const events = await ports.ledger.events(id);
    verifyChain(events);
    expect(events.filter(({ type }) => type === 'submission.expired')).toHaveLength(1);
  });

  test('leaves what is young, what was committed and what rests for a person', async () => {
    const young = swept(limits.draftDays - 1);
    const id = await young.put([]);
    await young.sweep();
    expect([(await young.ports.ledger.get(id))?.state, await young.left(id), young.aborted]).toEqual([
      'uploading',
      1,
      [],
    ]);

    const old = swept(400);
    for (const states of [['submitted'], ['submitted', 'failed']] satisfies SubmissionState[][]) {
      const kept = await old.put(states);
      await old.sweep();
      expect([(await old.ports.ledger.get(kept))?.state, await old.left(kept)]).toEqual([states.at(-1), 1]);
    }
  });

  test('leaves an upload that has gone on for long, and expires it days after its newest object was begun', async () => {
    const { ports, put, left, sweep } = swept(2 * limits.draftDays);
    const id = await put([]);
    const openedAt = new Date(start + (limits.draftDays + 1) * day).toISOString();
    await ports.ledger.openObject(id, { object: 'pack-000003', uploadId: 'u', openedAt });
    await sweep();
    expect([(await ports.ledger.get(id))?.state, await left(id)]).toEqual(['uploading', 1]);
    ports.clock.now = () => new Date(start + (2 * limits.draftDays + 2) * day).toISOString();
    await sweep();
    expect([(await ports.ledger.get(id))?.state, await left(id)]).toEqual(['expired', 0]);
  });

  test('looks again for a day after a withdrawal, and no longer', async () => {
    for (const [days, left] of [
      [0.5, 0],
      [2, 1],
    ] as const) {
      const late = swept(days);
      const id = await late.put(['withdrawing', 'withdrawn']);
      await late.sweep();
      expect(await late.left(id)).toBe(left);
    }
  });

  test('removes what a rejection left behind when its machine was killed', async () => {
    const late = swept(0.5);
    const id = await late.put(['submitted', 'validating', 'rejected']);
    await late.sweep();
    expect([(await late.ports.ledger.get(id))?.state, await late.left(id)]).toEqual(['rejected', 0]);
  });

  test('removes what a signed address brought after the seal, for a day and no longer', async () => {
    const sealed = ['submitted', 'validating', 'anonymizing', 'checking', 'pushing', 'confirming', 'archived'] as const;
    for (const [days, left] of [
      [0.01, 0],
      [2, 1],
    ] as const) {
      const late = swept(days);
      const id = await late.put([...sealed]);
      let reads = 0;
      const { get } = late.ports.ledger;
      late.ports.ledger.get = async (submission) => {
        reads += 1;
        return get(submission);
      };
      await late.sweep();
      expect([(await get(id))?.state, await late.left(id)]).toEqual(['archived', left]);
      // of all that was ever archived, only the last day's is looked at
      expect(reads).toBe(left === 0 ? 1 : 0);
    }
  });

  test('helps the next one when one cannot be helped, and says so', async () => {
    const { ports, put, sweep } = swept(limits.draftDays + 1);
    const [stuck, next] = [await put([]), await put([])];
    const { removeAll } = ports.staging;
    ports.staging.removeAll = async (prefix) => {
      if (prefix === stagingKeys.all(stuck)) throw new Error('no answer');
      return removeAll(prefix);
    };
    await expect(sweep()).rejects.toThrow('no answer');
    expect((await ports.ledger.get(next))?.state).toBe('expired');
    ports.staging.removeAll = removeAll;
    await sweep();
    expect(await Array.fromAsync(ports.staging.list(''))).toEqual([]);
  });

  test('lets go of one whose site comes back in that moment', async () => {
    const { ports, put, left, sweep } = swept(limits.draftDays + 1);
    const id = await put([]);
    const { commit } = ports.ledger;
    ports.ledger.commit = async (change) => {
      ports.ledger.commit = commit;
      const submission = await ports.ledger.get(id);
      const at = ports.clock.now();
      if (submission)
        await commit(appendEvent(submission, { type: 'submission.committed', to: 'submitted', actor, at }));
      await commit(change);
    };
    await sweep();
    expect([(await ports.ledger.get(id))?.state, await left(id)]).toEqual(['submitted', 1]);
  });
});
