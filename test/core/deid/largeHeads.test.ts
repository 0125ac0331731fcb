import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { largeHeads } from '../../fixtures/largeHeads.ts';
import { runLargeHead } from '../../fixtures/runLargeHead.ts';

/** What one file may take, whatever it holds. */
const mostBytes = 512e6;
/** Those that are written take up to 15 s: `npm run bench -- heads` runs all of them. */
const written = [
  'items with a number each',
  'items with a date each in an item',
  'content items of a report',
  'elements of the top level, told with their values',
  'private elements that stay',
  'elements behind the pixels',
  'as many other names beyond ASCII as may be',
];
const chosen = largeHeads.filter(({ shape, outcome }) => outcome !== 'written' || written.includes(shape));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airlock-heads-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('are those that are refused, and some that are written', () => {
  expect(chosen.length).toBeGreaterThan(10);
  expect(chosen.filter(({ outcome }) => outcome === 'written')).toHaveLength(written.length);
});

test.each(chosen)('$shape, as many as a file may have: $outcome within 512 MB', { timeout: 120_000 }, async (large) => {
  const { outcome, exitCode, peakBytes, told } = await runLargeHead(large, folder);
  expect({ outcome, exitCode, told }).toEqual({
    outcome: large.outcome,
    exitCode: large.outcome === 'written' ? 0 : 3,
    told: expect.not.stringContaining('unexpected'),
  });
  if (process.platform === 'linux') expect(peakBytes).toBeGreaterThan(20e6);
  expect(peakBytes).toBeLessThan(mostBytes);
});
