import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { soakDeid } from '../../fixtures/soakDeid.ts';

/** `npm run soak` runs more. */
const runs = 200_000;
/** The longest that one damaged file of a few kilobytes may take of the CPU: compilers and collections are in it. */
const slowestMs = 2000;
const memoryBytes = 512e6;

test(`${runs} damaged files end in a refusal by code, or in a file that reads back`, { timeout: 300_000 }, async () => {
  const seed = randomInt(2 ** 31);
  console.log(`mutations: seed ${seed}`);
  const start = process.cpuUsage();
  const soaked = await soakDeid({ seed, runs });
  const { user, system } = process.cpuUsage(start);
  console.log(
    `mutations: ${((user + system) / 1e6).toFixed(0)} s of CPU, slowest ${soaked.slowestMs.toFixed(0)} ms`,
    soaked.outcomes,
  );
  expect(soaked.slowestMs).toBeLessThan(slowestMs);
  const { rss } = process.memoryUsage();
  console.log(`mutations: ${(rss / 1e6).toFixed(0)} MB with the test runner`);
  expect(rss).toBeLessThan(memoryBytes);
  // Damage that nothing notices, and damage that everything refuses, would test nothing
  expect(Object.keys(soaked.outcomes).length).toBeGreaterThan(10);
  expect(soaked.outcomes.written).toBeGreaterThan(runs / 20);
});

test('a run is the same again by its seed', async () => {
  const [first, second] = [await soakDeid({ seed: 7, runs: 500 }), await soakDeid({ seed: 7, runs: 500 })];
  expect(second.outcomes).toEqual(first.outcomes);
});
