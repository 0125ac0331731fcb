import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { choosePorts } from '../../../infra/local/choosePorts.ts';
import { holdDirectory } from '../../../infra/local/holdDirectory.ts';
import { listen } from '../../../infra/local/listen.ts';

test('free ports are five different ones', async () => {
  expect(new Set(Object.values(await choosePorts(undefined))).size).toBe(5);
});

test('a taken port is named, and none of the others stays held', async () => {
  const taken = await listen(createServer(), 0);
  await expect(choosePorts(taken.port - 1)).rejects.toThrow(/Cannot listen on 127\.0\.0\.1:\d+: another program/);
  await taken.stop();
  const again = await listen(createServer(), taken.port);
  await again.stop();
});

test('a directory is held by one process', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'airlock-hold-'));
  const release = holdDirectory(directory);
  expect(() => holdDirectory(directory)).toThrow(new RegExp(`another Airlock \\(process ${process.pid}\\) uses`));
  release();
  holdDirectory(directory)();
  await rm(directory, { recursive: true });
});

test.each([
  { why: 'was killed', holder: '4194305 1' },
  { why: 'had the id of one that lives', holder: `${process.ppid} 1` },
  { why: 'died while it wrote', holder: '' },
])('a directory is free when its holder $why', async ({ holder }) => {
  const directory = await mkdtemp(join(tmpdir(), 'airlock-hold-'));
  await writeFile(join(directory, 'lock'), holder);
  holdDirectory(directory);
  expect(await readFile(join(directory, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid}\\b`));
  await rm(directory, { recursive: true });
});
