import { expect, test } from 'vitest';
import { visitInTurn } from '../../../../core/submission/attempts/visitInTurn.ts';
import type { Submission } from '../../../../core/submission/contracts/Submission.ts';
import { draft } from '../../../contracts/changes.ts';
import { memoryLedger } from '../../../fakes/memoryLedger.ts';
import { memoryRegisters } from '../../../fakes/memoryRegisters.ts';

function begin() {
  let now = Date.parse('2026-03-01T00:00:00.000Z');
  let number = 0;
  const ports = {
    ledger: memoryLedger(),
    registers: memoryRegisters(),
    clock: { now: () => new Date(now).toISOString(), sleep: async () => undefined },
  };
  return {
    ports,
    /** So many new ones, a second apart. */
    async add(count: number): Promise<string[]> {
      const ids: string[] = [];
      for (let added = 0; added < count; added += 1) {
        number += 1;
        now += 1000;
        const { next, event } = draft(number);
        const at = new Date(now).toISOString();
        await ports.ledger.create({ next: { ...next, createdAt: at, updatedAt: at }, event });
        ids.push(next.id);
      }
      return ids;
    },
    async run(range: { after?: string; before?: string } = {}): Promise<string[]> {
      const visited: string[] = [];
      const visit = async ({ id }: Submission) => void visited.push(id);
      await visitInTurn(ports, { name: 'test', state: 'draft', limit: 10, visit, ...range });
      now += 1000;
      return visited;
    },
  };
}

test('visits all, each time, where they are few', async () => {
  const { add, run } = begin();
  const ids = await add(9);
  expect(await run()).toEqual(ids);
  expect(await run()).toEqual(ids);
});

test('goes on behind the last one where they are many, and then begins again', async () => {
  const { add, run } = begin();
  const ids = await add(25);
  expect(await run()).toEqual(ids.slice(0, 10));
  expect(await run()).toEqual(ids.slice(10, 20));
  expect(await run()).toEqual(ids.slice(20));
  expect(await run()).toEqual(ids.slice(0, 10));
});

test('passes nobody over, however many come meanwhile', async () => {
  const { add, run } = begin();
  const old = await add(25);
  const visits = new Map<string, number>();
  for (let round = 0; round < 60; round += 1) {
    await add(10);
    for (const id of await run()) visits.set(id, (visits.get(id) ?? 0) + 1);
  }
  for (const id of old) expect(visits.get(id) ?? 0).toBeGreaterThanOrEqual(3);
});

test('visits those of a range alone, whatever round it is in', async () => {
  const { add, run, ports } = begin();
  const early = await add(12);
  const noon = ports.clock.now();
  const late = await add(3);
  expect(await run({ before: `${noon}~` })).toEqual(early.slice(0, 10));
  expect(await run({ after: `${noon}~` })).toEqual(late.slice(0, 0).concat(late));
});

test('a run that breaks off leaves its round as it was', async () => {
  const { add, run, ports } = begin();
  const ids = await add(15);
  const failing = async () => Promise.reject(new Error('gone'));
  await expect(visitInTurn(ports, { name: 'test', state: 'draft', limit: 10, visit: failing })).rejects.toThrow('gone');
  expect(await run()).toEqual(ids.slice(0, 10));
});
