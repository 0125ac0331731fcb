import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Leases, leasesOf } from '../../core/delivery/turns/leases.ts';
import type { Registers } from '../../core/submission/ports.ts';

/** Everything that the Registers port promises, and the leases on it. `open` gives handles as several processes have. */
export function registersContract(
  name: string,
  start: () => Promise<{ open(): Registers; close(): Promise<void> | void }>,
) {
  describe(`the registers on ${name}`, () => {
    let store: Awaited<ReturnType<typeof start>>;
    let registers: Registers;
    let now = Date.parse('2026-01-02T03:04:05.678Z');
    const leases = (): Leases => {
      const clock = { now: () => new Date(now).toISOString(), sleep: async () => undefined };
      return leasesOf({ registers: store.open(), clock });
    };
    const ttlSeconds = 60;
    beforeAll(async () => {
      store = await start();
      registers = store.open();
    });
    afterAll(() => store.close());

    test('has no value before the first is written', async () => {
      expect(await registers.read('none')).toEqual({ version: 0, value: undefined });
    });

    test('gives back what was written, and counts how often', async () => {
      expect(await registers.swap('a', { version: 0, value: { of: [1, 'two'] } })).toBe(true);
      expect(await registers.read('a')).toEqual({ version: 1, value: { of: [1, 'two'] } });
      expect(await registers.swap('a', { version: 1, value: 'next' })).toBe(true);
      expect(await store.open().read('a')).toEqual({ version: 2, value: 'next' });
    });

    test.each([
      { why: 'a version before', version: 1 },
      { why: 'a version that never was', version: 3 },
      { why: 'the first, when there is one', version: 0 },
    ])('does not write over $why', async ({ why, version }) => {
      await registers.swap(why, { version: 0, value: 'first' });
      await registers.swap(why, { version: 1, value: 'second' });
      expect(await registers.swap(why, { version, value: 'third' })).toBe(false);
      expect(await registers.read(why)).toEqual({ version: 2, value: 'second' });
    });

    test('lets exactly one of many writers win, each time', async () => {
      for (let version = 0; version < 5; version += 1) {
        const writers = Array.from({ length: 8 }, (_, value) => store.open().swap('race', { version, value }));
        const won = await Promise.all(writers);
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(await registers.read('race')).toEqual({ version: version + 1, value: won.indexOf(true) });
      }
    });

    test('gives a lease to one of many who ask at once', async () => {
      const asked = await Promise.all(
        Array.from({ length: 8 }, (_, index) => leases().acquire({ name: 'l1', holder: `h${index}`, ttlSeconds })),
      );
      expect(asked.filter((lease) => lease !== undefined)).toHaveLength(1);
    });

    test('gives a lease on when it is released or runs out, each time under a greater token', async () => {
      const first = await leases().acquire({ name: 'l2', holder: 'a', ttlSeconds });
      expect(await leases().acquire({ name: 'l2', holder: 'b', ttlSeconds })).toBeUndefined();
      if (first !== undefined) await leases().release(first);
      const second = await leases().acquire({ name: 'l2', holder: 'b', ttlSeconds });
      now += ttlSeconds * 1000;
      const third = await leases().acquire({ name: 'l2', holder: 'c', ttlSeconds });
      const tokens = [first, second, third].map((lease) => lease?.token ?? 0);
      expect(tokens).toEqual([...new Set(tokens)].sort((left, right) => left - right));
      expect(tokens).not.toContain(0);
    });

    test('tells whoever lost a lease, and lets it neither renew nor release it', async () => {
      const lost = await leases().acquire({ name: 'l3', holder: 'a', ttlSeconds });
      now += ttlSeconds * 1000;
      const own = await leases().acquire({ name: 'l3', holder: 'b', ttlSeconds });
      if (lost === undefined || own === undefined) throw new Error('A lease that was free was not given');
      expect(await leases().renew(lost, ttlSeconds)).toBeUndefined();
      await leases().release(lost);
      expect(await leases().acquire({ name: 'l3', holder: 'c', ttlSeconds })).toBeUndefined();
      const renewed = await leases().renew(own, ttlSeconds);
      expect(renewed?.token).toBeGreaterThan(own.token);
    });

    test('gives a holder its own lease again and ends the one before', async () => {
      const before = await leases().acquire({ name: 'l4', holder: 'a', ttlSeconds });
      const after = await leases().acquire({ name: 'l4', holder: 'a', ttlSeconds });
      if (before === undefined || after === undefined) throw new Error('A lease that was free was not given');
      expect(after.token).toBeGreaterThan(before.token);
      expect(await leases().renew(before, ttlSeconds)).toBeUndefined();
    });

    test('keeps a renewed lease from others beyond its first end', async () => {
      const lease = await leases().acquire({ name: 'l5', holder: 'a', ttlSeconds });
      now += (ttlSeconds - 1) * 1000;
      if (lease !== undefined) await leases().renew(lease, ttlSeconds);
      now += 2000;
      expect(await leases().acquire({ name: 'l5', holder: 'b', ttlSeconds })).toBeUndefined();
    });
  });
}
