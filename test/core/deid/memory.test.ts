import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeEnhancedCt } from '../../bench/writeEnhancedCt.ts';
import { writeSlices } from '../../bench/writeSlices.ts';
import { runWatched } from '../../fixtures/runWatched.ts';

const airlock = fileURLToPath(new URL('../../../clients/cli/airlock.js', import.meta.url));
const mostBytes = 120e6;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airlock-memory-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** `npm run bench -- deid` measures their speed as well. */
test.each<[string, (input: string) => unknown, string[]]>([
  ['500 slices of 0.5 MB', (input) => writeSlices(input, 500), ['--jobs', '1']],
  ['1 GB with 25,000 elements before its pixels', (input) => writeEnhancedCt(join(input, '1.dcm')), []],
])('airlock deid takes %s within 120 MB', { timeout: 120_000 }, async (_, write, options) => {
  const [input, key] = [join(folder, 'in'), join(folder, 'key')];
  mkdirSync(input);
  write(input);
  writeFileSync(key, '07'.repeat(32));
  const args = ['deid', input, '--out', join(folder, 'out'), '--key-file', key, ...options];
  // what it bundles when it starts for the first time is not what it takes
  await runWatched(process.execPath, [airlock, 'help'], 'ignore');
  const { exitCode, peakBytes } = await runWatched(process.execPath, [airlock, ...args], 'ignore');
  console.log(`memory: ${(peakBytes / 1e6).toFixed(0)} MB`);
  expect(exitCode).toBe(0);
  if (process.platform === 'linux') expect(peakBytes).toBeGreaterThan(20e6);
  expect(peakBytes).toBeLessThan(mostBytes);
});
