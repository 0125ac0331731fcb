import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundleCli } from '../../../../clients/cli/start/bundleCli.ts';
import { freshBundle } from '../../../../clients/cli/start/freshBundle.js';
import { folderOf } from '../cliRun.ts';

const settings = { 'package.json': '{"type":"module"}', 'package-lock.json': '{}', 'tsconfig.json': '{}' };
const program = {
  'clients/cli/cliProcess.ts': "import { word } from '../../core/word.ts';\nconsole.log(word satisfies string);\n",
  'clients/cli/engine/fileWorkerProcess.ts': 'export {};\n',
  'clients/cli/files/copyHelperProcess.ts': 'export {};\n',
  'clients/cli/start/bundleCli.ts': '',
  'core/word.ts': "export const word = 'one';\n",
};
const run = (bundle: string | undefined) =>
  execFileSync(process.execPath, [join(bundle ?? 'no bundle', 'cliProcess.mjs')], { encoding: 'utf8' }).trim();

let root = '';
beforeEach(async () => {
  root = await folderOf({ ...settings, ...program });
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the bundled command line', () => {
  test('is known from then on, and does what its sources do', async () => {
    expect(freshBundle(root)).toBeUndefined();
    const bundle = await bundleCli(root);
    expect(run(bundle)).toBe('one');
    expect(statSync(bundle ?? '').mode & 0o777).toBe(0o755);
    expect(freshBundle(root)).toBe(bundle);
    expect(await bundleCli(root)).toBe(bundle);
    expect(readdirSync(join(root, 'dist/cli'))).toHaveLength(2);
  });

  const word = 'core/word.ts';
  test.each([
    {
      what: 'a source of another text, with its old size and time',
      change: (path: string) => {
        const { atime, mtime } = statSync(path);
        writeFileSync(path, "export const word = 'two';\n");
        utimesSync(path, atime, mtime);
      },
      file: word,
    },
    { what: 'a source that is gone', change: (path: string) => rmSync(path), file: word },
    { what: 'another lock file', change: (path: string) => writeFileSync(path, '{ }'), file: 'package-lock.json' },
    { what: 'half of its record', change: (path: string) => halve(path), file: 'dist/cli/bundle.json' },
  ])('does not run after $what', async ({ change, file }) => {
    await bundleCli(root);
    change(join(root, file));
    expect(freshBundle(root)).toBeUndefined();
  });

  test('does not run when it was deleted', async () => {
    rmSync((await bundleCli(root)) ?? '', { recursive: true });
    expect(freshBundle(root)).toBeUndefined();
  });

  test('is made anew of new sources, beside the one that may still run', async () => {
    const first = await bundleCli(root);
    writeFileSync(join(root, word), "export const word = 'two';\n");
    expect(run(await bundleCli(root))).toBe('two');
    expect(run(first)).toBe('one');
  });

  test('is stale at once when something is imported while it is made', async () => {
    const [slow, added] = [join(root, 'clients/cli/engine/fileWorkerProcess.ts'), join(root, 'core/added.ts')];
    rmSync(slow);
    execFileSync('mkfifo', [slow]);
    const bundled = bundleCli(root);
    // the first build waits for this file, and has read the others by then
    const pipe = await open(slow, 'w');
    await setTimeout(300);
    rmSync(slow);
    writeFileSync(slow, 'export {};\n');
    writeFileSync(added, "export const added = 'one';\n");
    writeFileSync(join(root, word), "export { added as word } from './added.ts';\n");
    await pipe.close();
    expect(run(await bundled)).toBe('one');
    writeFileSync(added, "export const added = 'two';\n");
    expect(freshBundle(root)).toBeUndefined();
    expect(run(await bundleCli(root))).toBe('two');
    expect(freshBundle(root)).toBeDefined();
  });

  test('keeps the one before for 30 days after it ran, for what still runs', async () => {
    const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 60 * 60 * 1000);
    const renew = async (text: string) => {
      writeFileSync(join(root, word), `export const word = '${text}';\n`);
      return (await bundleCli(root)) ?? '';
    };
    const first = await renew('first');
    utimesSync(first, daysAgo(40), daysAgo(40));
    await renew('second');
    expect(run(first)).toBe('first');
    utimesSync(first, daysAgo(29), daysAgo(29));
    await renew('third');
    expect(run(first)).toBe('first');
    utimesSync(first, daysAgo(31), daysAgo(31));
    await renew('fourth');
    expect(existsSync(first)).toBe(false);
  });

  test('keeps ten of many that were made before, and all of the last day', async () => {
    const dist = join(root, 'dist/cli');
    const made = (name: string, hoursAgo: number) => {
      const at = new Date(Date.now() - hoursAgo * 60 * 60 * 1000);
      mkdirSync(join(dist, name), { recursive: true });
      utimesSync(join(dist, name), at, at);
    };
    for (let number = 0; number < 8; number += 1) made(`new${number}`, 1 + number);
    for (let number = 0; number < 20; number += 1) made(`old${number}`, 25 + number);
    const bundle = (await bundleCli(root)) ?? '';
    const wanted = [...Array.from({ length: 8 }, (_, number) => `new${number}`), 'old0', 'old1'];
    expect(readdirSync(dist).sort()).toEqual([...wanted, basename(bundle), 'bundle.json'].sort());
    for (let number = 0; number < 20; number += 1) made(`new${number}`, 1 + number);
    writeFileSync(join(root, word), "export const word = 'other';\n");
    await bundleCli(root);
    expect(readdirSync(dist).filter((name) => name.startsWith('new'))).toHaveLength(20);
    expect(readdirSync(dist).filter((name) => name.startsWith('old'))).toEqual([]);
  });

  test('is not even tried where nothing can be written; then no compiled code is taken from elsewhere', async () => {
    const own = (name: string) => fileURLToPath(new URL(`../../../../clients/cli/${name}`, import.meta.url));
    for (const name of ['airlock.js', 'start/freshBundle.js', 'start/streamingFlags.js', 'start/bundleCli.ts'])
      copyFileSync(own(name), join(root, 'clients/cli', name));
    // the bundler is another process
    const isBuilt = "console.log(process.moduleLoadList.includes('NativeModule child_process'));\n";
    writeFileSync(join(root, 'clients/cli/cliProcess.ts'), isBuilt);
    writeFileSync(join(root, 'dist'), 'a file');
    mkdirSync(join(root, 'tmp'));
    const env = { ...process.env, TMPDIR: join(root, 'tmp'), NODE_COMPILE_CACHE: undefined };
    symlinkSync(fileURLToPath(new URL('../../../../node_modules', import.meta.url)), join(root, 'node_modules'));
    const start = () =>
      execFileSync(process.execPath, [join(root, 'clients/cli/airlock.js')], { encoding: 'utf8', env }).trim();
    expect(start()).toBe('false');
    expect(readdirSync(join(root, 'tmp'))).toEqual([]);
    rmSync(join(root, 'dist'));
    expect([start(), readdirSync(join(root, 'tmp'))]).toEqual(['true', []]);
  });

  test.each([
    { what: 'its folder cannot be made', files: { dist: 'a file' } },
    { what: 'the sources do not fit together', files: { [word]: 'export {};' } },
  ])('is left out when $what', async ({ files }) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
    expect(await bundleCli(root)).toBeUndefined();
  });

  test('is what the program of this project starts, threads too', async () => {
    const entry = fileURLToPath(new URL('../../../../clients/cli/airlock.js', import.meta.url));
    expect(execFileSync(process.execPath, [entry, '--version'], { encoding: 'utf8' })).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(readdirSync(freshBundle() ?? '')).toEqual(
      expect.arrayContaining(['cliProcess.mjs', 'fileWorkerProcess.mjs', 'copyHelperProcess.mjs']),
    );
  });
});

function halve(path: string): void {
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.slice(0, text.length / 2));
}
