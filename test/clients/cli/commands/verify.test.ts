import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAirlockServer } from '../../../fakes/airlockServer.ts';
import { airlock, dicomFile, folderOf } from '../cliRun.ts';

let server: Awaited<ReturnType<typeof startAirlockServer>>;
let folder: string;
let place: { cwd: string; env: Record<string, string> };
let id: string;

beforeEach(async () => {
  server = await startAirlockServer();
  folder = await folderOf({
    'data/1.dcm': dicomFile({ sop: '1.1' }),
    'data/2.dcm': dicomFile({ sop: '1.2', instance: '2' }),
  });
  place = {
    cwd: folder,
    env: {
      AIRLOCK_URL: server.url,
      AIRLOCK_TOKEN: 'good',
      AIRLOCK_XNAT_URL: server.url,
      AIRLOCK_XNAT_USERNAME: 'reader',
      AIRLOCK_XNAT_PASSWORD: 'secret',
    },
  };
  await airlock(['upload', 'data', '--project', 'DEMO', '--wait'], place);
  id = [...server.cases.keys()][0] ?? '';
  await airlock(['receipt', id, '-o', 'receipt.json'], place);
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const run = (...args: string[]) => airlock(args, place);

describe('airlock receipt and verify', () => {
  test('the receipt goes to stdout without paths, to a file with them', async () => {
    const { exit, out } = await run('receipt', id);
    expect(exit).toBe(0);
    expect(JSON.parse(out.join())).not.toHaveProperty('annex');
    expect(JSON.parse(await readFile(join(folder, 'receipt.json'), 'utf8'))).toHaveProperty('annex.paths', [
      '1.dcm',
      '2.dcm',
    ]);
  });

  test('proves signature, local files and archive', async () => {
    const { exit, out, err } = await run('verify', 'receipt.json', '--local', 'data', '--archive');
    expect({ exit, out }).toEqual({ exit: 0, out: [] });
    expect(err).toEqual([
      expect.stringMatching(new RegExp(`genuine by the key of ${server.url}: `)),
      '2 of 2 files are here; 0 others are not in the receipt',
      '2 of 2 archived files are in XNAT as the receipt says',
    ]);
  });

  test('proves with a key file alone, without the service', async () => {
    await writeFile(join(folder, 'key'), server.receiptKey);
    const env = { AIRLOCK_URL: 'http://127.0.0.1:1' };
    expect((await airlock(['verify', 'receipt.json', '--key', 'key'], { cwd: folder, env })).exit).toBe(0);
  });

  test('finds files by content whatever their names are, and names what is missing or new', async () => {
    await writeFile(join(folder, 'data/new\u001b[31m.bin'), 'new');
    await writeFile(join(folder, 'data/2.dcm'), dicomFile({ sop: '1.9' }));
    await writeFile(join(folder, 'data/renamed'), dicomFile({ sop: '1.1' }));
    const { exit, out } = await run('verify', 'receipt.json', '--local', 'data');
    expect(exit).toBe(9);
    expect(out).toEqual(['missing  file 1  2.dcm', 'not in the receipt  2.dcm', 'not in the receipt  new·[31m.bin']);
  });

  test.each([
    { why: 'differs', change: (files: Map<number, Uint8Array>) => files.get(1)?.fill(0, 0, 1).fill(7, 1, 2) },
    { why: 'absent', change: (files: Map<number, Uint8Array>) => files.delete(1) },
  ])('finds what is $why in XNAT', async ({ why, change }) => {
    change(server.cases.get(id)?.arrived ?? new Map());
    const { exit, out } = await run('verify', 'receipt.json', '--archive');
    expect(exit).toBe(9);
    expect(out).toEqual([expect.stringMatching(new RegExp(`^${why} {2}file 1 {2}/data/`))]);
  });

  test('needs an account of XNAT, and says when it is refused', async () => {
    const { AIRLOCK_XNAT_PASSWORD: _, ...env } = place.env;
    expect((await airlock(['verify', 'receipt.json', '--archive'], { cwd: folder, env })).exit).toBe(13);
    const wrong = { ...env, AIRLOCK_XNAT_PASSWORD: 'wrong' };
    expect((await airlock(['verify', 'receipt.json', '--archive'], { cwd: folder, env: wrong })).exit).toBe(6);
  });

  test.each([
    { why: 'a count was altered', change: (text: string) => text.replace('"archived": 2', '"archived": 1') },
    { why: 'an address was altered', change: (text: string) => text.replace('/data/exp', '/data/exq') },
    { why: 'it is no receipt', change: () => '{"receipt":1}' },
    { why: 'it is no JSON', change: () => 'receipt' },
  ])('refuses a receipt when $why', async ({ change }) => {
    const path = join(folder, 'receipt.json');
    await writeFile(path, change(await readFile(path, 'utf8')));
    expect((await run('verify', 'receipt.json')).exit).toBe(9);
  });

  test('refuses a receipt that another key signed, and a key file that is none', async () => {
    const other = await startAirlockServer();
    await writeFile(join(folder, 'key'), other.receiptKey);
    await writeFile(join(folder, 'no key'), 'AAAA');
    await other.close();
    expect((await run('verify', 'receipt.json', '--key', 'key')).exit).toBe(9);
    expect((await run('verify', 'receipt.json', '--key', 'no key')).exit).toBe(2);
  });
});

describe('airlock audit verify', () => {
  test('proves the chain and that the receipt names it', async () => {
    const { exit, out, err } = await run('audit', 'verify', '--submission', id);
    expect(exit).toBe(0);
    expect(out[0]).toMatch(/^1 .*submission\.created {2}draft$/);
    expect(err).toEqual([expect.stringContaining('one whole chain, and the receipt says so')]);
  });

  test.each([
    {
      why: 'an event was altered',
      change: (events: { at: string; attempt: number }[]) =>
        events.splice(1, 1, { ...events[1], at: '2020-01-01T00:00:00.000Z', attempt: 0 }),
    },
    { why: 'an event is missing', change: (events: unknown[]) => events.splice(1, 1) },
    { why: 'the end is missing', change: (events: unknown[]) => events.pop() },
    { why: 'all are missing', change: (events: unknown[]) => events.splice(0) },
  ])('refuses the chain when $why', async ({ change }) => {
    change(server.cases.get(id)?.events ?? []);
    const { exit, err } = await run('audit', 'verify', '--submission', id);
    expect(exit).toBe(9);
    expect(err.at(-1)).toContain('Cannot verify');
  });

  test.each([
    { args: ['audit', 'verify'], exit: 2 },
    { args: ['audit', 'verify', '--submission', 'sub_none'], exit: 2 },
    { args: ['status', 'a', 'b'], exit: 2 },
    { args: ['receipt'], exit: 2 },
    { args: ['verify', 'absent.json'], exit: 12 },
  ])('$args exits with $exit', async ({ args, exit }) => {
    expect((await run(...args)).exit).toBe(exit);
  });

  test('a receipt that is not ready is temporary', async () => {
    await airlock(['upload', 'data', '--project', 'DEMO'], place);
    const [, second] = server.cases.values();
    if (second !== undefined) second.submission = { ...second.submission, state: 'validating' };
    expect((await run('receipt', second?.submission.id ?? '')).exit).toBe(5);
    const { out } = await run('status');
    expect(out).toHaveLength(2);
  });
});
