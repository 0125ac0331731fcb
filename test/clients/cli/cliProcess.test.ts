import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dicomFile, folderOf } from './cliRun.ts';

const main = fileURLToPath(new URL('../../../clients/cli/airlock.js', import.meta.url));
const args = ['deid', 'in', '--out', 'out', '--key-file', 'key', '--json'];

let folder: string;
beforeEach(async () => {
  folder = await folderOf({ 'in/a': dicomFile(), key: 'ab'.repeat(32) });
});
afterEach(() => rm(folder, { recursive: true }));

const written = async () =>
  (await readdir(join(folder, 'out'), { recursive: true })).filter((name) => name.endsWith('.dcm'));

test('says by its exit code that what it told could not be written', async () => {
  const full = openSync('/dev/full', 'w');
  const { status } = spawnSync(process.execPath, [main, ...args], { cwd: folder, stdio: ['ignore', full, 'ignore'] });
  closeSync(full);
  expect({ status, files: (await written()).length }).toEqual({ status: 12, files: 1 });
});

test('keeps the exit code of its work when a reader leaves', async () => {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.destroy();
  const [status] = await once(child, 'exit');
  expect({ status, files: (await written()).length }).toEqual({ status: 0, files: 1 });
});
