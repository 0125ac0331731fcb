import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CopyHelper, copyHelper } from '../../../../clients/cli/files/copyHelper.ts';
import { copyRange } from '../../../../clients/cli/files/copyRange.ts';
import { isUnreadable } from '../../../../clients/cli/files/unreadable.ts';

const bytes = Uint8Array.from({ length: 2_000_003 }, (_, i) => (i * 31) >> 3);
const never = new AbortController().signal;

let folder: string;
let from: number;
let to: number;
const input = () => join(folder, 'in');
const output = () => join(folder, 'out');
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airlock-copy-'));
  await writeFile(input(), bytes);
  from = openSync(input(), 'r');
  to = openSync(output(), 'w');
});
afterEach(async () => {
  closeSync(from);
  closeSync(to);
  await rm(folder, { recursive: true });
});

const copyOf = (at = 700, start = 1001) => ({ from, range: { start, end: 1_999_999 }, to, at });

/** Takes blocks that it never copies. */
const faithless: CopyHelper = {
  help({ taken, begun }) {
    Atomics.store(begun, 0, 1);
    Atomics.add(taken, 0, 3);
    return async () => false;
  },
};

describe('a range of a file is where it was to be', () => {
  const helpers = {
    nobody: async () => undefined,
    'another thread': copyHelper,
    'one that fails': async () => faithless,
  };
  test.each(
    Object.entries(helpers).flatMap(([name, open]) =>
      [0, 700, 262_144, 600_001].map((at) => [name, at, open] as const),
    ),
  )('with the help of %s, from byte %i on', async (_, at, open) => {
    await copyRange(copyOf(at), await open()).finish(never);
    const copied = await readFile(output());
    expect(copied.subarray(at).equals(bytes.subarray(1001, 1_999_999))).toBe(true);
    expect(copied.subarray(0, at).every((byte) => byte === 0)).toBe(true);
  });
});

test.each([
  ['nobody', async () => undefined],
  ['another thread', copyHelper],
])('a file that became shorter is unreadable, with the help of %s', async (_, open) => {
  const helper = await open();
  await truncate(input(), 900_000);
  const copying = copyRange(copyOf(), helper);
  const error = await copying.finish(never).catch((reason) => reason);
  expect(isUnreadable(error)).toBe(true);
  await copying.stop();
});

test('another thread copies before this one takes part', async () => {
  const copying = copyRange(copyOf(), await copyHelper());
  await expect.poll(async () => (await stat(output())).size).toBe(1_999_999 - 1001 + 700);
  await copying.finish(never);
});

test('a copy that is stopped writes no more', async () => {
  const copying = copyRange(copyOf(), await copyHelper());
  await copying.stop();
  const { size, mtimeMs } = await stat(output());
  await copying.finish(never);
  expect(await stat(output())).toMatchObject({ size, mtimeMs });
});

test('an interrupted copy fails as such', async () => {
  const interrupted = AbortSignal.abort();
  await writeFile(input(), new Uint8Array(20_000_000));
  const copying = copyRange({ ...copyOf(), range: { start: 0, end: 20_000_000 } });
  await expect(copying.finish(interrupted)).rejects.toMatchObject({ name: 'AbortError' });
});

test('nobody waits for a helper that has not begun', async () => {
  const late: CopyHelper = { help: () => () => new Promise(() => undefined) };
  const copying = copyRange(copyOf(), late);
  await copying.finish(never);
  await copying.stop();
  expect((await readFile(output())).subarray(700).equals(bytes.subarray(1001, 1_999_999))).toBe(true);
});

test('each of two copies waits for its own end', async () => {
  const helper = await copyHelper();
  const second = openSync(join(folder, 'second'), 'w');
  try {
    const copies = [copyRange(copyOf(), helper), copyRange({ ...copyOf(), to: second }, helper)];
    for (const copying of copies.reverse()) await copying.finish(never);
    const [one, other] = [await readFile(output()), await readFile(join(folder, 'second'))];
    expect(one.subarray(700).equals(bytes.subarray(1001, 1_999_999))).toBe(true);
    expect(other.equals(one)).toBe(true);
  } finally {
    closeSync(second);
  }
});
