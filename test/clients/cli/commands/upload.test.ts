import { readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startAirlockServer } from '../../../fakes/airlockServer.ts';
import { airlock, dicomFile, folderOf } from '../cliRun.ts';

type Server = Awaited<ReturnType<typeof startAirlockServer>>;
let server: Server;
let folder: string;
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const slices = {
  'SMITH^ANNA/z.dcm': dicomFile({ sop: '1.1', instance: '2' }),
  'SMITH^ANNA/a.dcm': dicomFile({ sop: '1.2', instance: '10' }),
  'SMITH^ANNA/ü.dcm': dicomFile({ sop: '1.3', instance: '1' }),
  'notes.txt': 'not an image',
  '.DS_Store': 'junk',
  'Thumbs.db': 'junk',
};

async function begin(
  options: Parameters<typeof startAirlockServer>[0] = {},
  files: Record<string, Uint8Array | string> = slices,
) {
  server = await startAirlockServer(options);
  folder = await folderOf(files);
  const env = { AIRLOCK_URL: server.url, AIRLOCK_TOKEN: 'good', AIRLOCK_HOME: join(folder, '.airlock') };
  return { cwd: folder, env };
}
const only = () => [...server.cases.keys()][0] ?? '';

describe('airlock upload', () => {
  test('sends a folder in the order of its slices and leaves out what is no data', async () => {
    const place = await begin();
    await symlink('/etc/hostname', join(folder, 'link'));
    const { exit, out, err, said } = await airlock(['upload', '.', '--project', 'DEMO'], place);
    expect({ exit, out }).toEqual({ exit: 0, out: [expect.stringContaining('archived once')] });
    expect(server.manifestOf(only()).map(({ path }) => path)).toEqual([
      'SMITH^ANNA/ü.dcm',
      'SMITH^ANNA/z.dcm',
      'SMITH^ANNA/a.dcm',
      'notes.txt',
    ]);
    expect(server.manifestOf(only()).map(({ kind }) => kind)).toEqual(['dicom', 'dicom', 'dicom', 'other']);
    expect(err.join('\n')).toContain('3 DICOM, 1 patient, 1 study, 1 series; left out: 2 that are no data, 1 link');
    expect(said).not.toMatch(/SMITH|DOE/);
  });

  test('says of a ZIP that it is sent as it is', async () => {
    const place = await begin({}, { ...slices, 'more.ZIP': 'images nobody sees' });
    const { exit, err } = await airlock(['upload', '.', '--project', 'DEMO'], place);
    expect(exit).toBe(0);
    expect(err).toContain('1 ZIP is sent as it is, and no image in it is seen: unpack it first');
  });

  test.each([
    {
      why: 'there is nothing to send',
      args: [],
      files: { '.DS_Store': 'junk' },
      says: 'There is no file to send there',
    },
    { why: 'a label has a space', args: ['--session', 'visit 1'], files: slices, says: 'of letters, digits, _ and -' },
  ])('says what is wrong and asks the service for nothing when $why', async ({ args, files, says }) => {
    const place = await begin({}, files);
    const { exit, err } = await airlock(['upload', '.', '--project', 'DEMO', ...args], place);
    expect({ exit, err }).toEqual({ exit: 2, err: [expect.stringContaining(says)] });
    expect(server.seen).toEqual([]);
  });

  test('gives up after a few tries where no service has ever answered, and says where it looked', async () => {
    const place = await begin();
    await server.close();
    const { exit, err } = await airlock(['status'], place);
    expect({ exit, lines: err.length }).toEqual({ exit: 5, lines: 3 });
    expect(err.at(-1)).toContain(`ServiceUnreachable: Cannot reach ${server.url}: the service does not answer. Check`);
  });

  test('says what to do about a refusal of the service', async () => {
    const place = await begin();
    const { err } = await airlock(['status', 'sub_00000000000000000000000009'], place);
    expect(err.at(-1)).toMatch(/^SubmissionNotFound: .*\. Check the submission id$/);
  });

  test('with --wait tells every state and the end, and keeps a private receipt with the paths', async () => {
    const outcome = (_: unknown, file: number) =>
      [
        { outcome: 'held' as const, code: 'BurnedInRisk' },
        { outcome: 'refused' as const, code: 'NotDicom' },
      ][file] ?? { outcome: 'archived' as const };
    const place = await begin({ outcome });
    const { exit, out, err } = await airlock(['upload', folder, '--project', 'DEMO', '--wait'], place);
    const file = join(place.env.AIRLOCK_HOME, 'receipts', `${only()}.receipt.json`);
    expect(exit).toBe(4);
    expect(out).toEqual([
      'archived 2, held 1 (BurnedInRisk 1), refused 1 (NotDicom 1), duplicate 0',
      'XNAT: subject S1, session E1 at /data/experiments/E1',
      'held  BurnedInRisk  SMITH^ANNA/ü.dcm',
      '        Pixels may show a name or a date. A person must look at it',
      'refused  NotDicom  SMITH^ANNA/z.dcm',
      '        The bytes are not DICOM. Exclude the file',
      `receipt, with your file names beside it: ${file}`,
    ]);
    const states = ['validating', 'anonymizing', 'checking', 'pushing', 'confirming', 'archived'];
    expect(err).toEqual(expect.arrayContaining(states));
    expect(JSON.parse(await readFile(file, 'utf8')).annex.paths[0]).toBe('SMITH^ANNA/ü.dcm');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('with --json gives events as lines, the summary last, and no path', async () => {
    const place = await begin();
    const { exit, out, err } = await airlock(['upload', folder, '--project', 'DEMO', '--wait', '--json'], place);
    const events = out.map((line) => JSON.parse(line));
    expect(exit).toBe(0);
    expect(err).toEqual([]);
    expect(events.every(({ v, ts, type }) => v === 1 && ts !== undefined && type !== undefined)).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: 'summary', state: 'archived', archived: 4, held: 0, refused: 0 });
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['inspected', 'opened', 'part', 'object', 'committed', 'state']),
    );
    expect(out.join().replaceAll(folder, '')).not.toMatch(/SMITH|DOE|notes/);
  });

  test.each([
    { state: 'held' as const, exit: 10 },
    { state: 'rejected' as const, exit: 3 },
    { state: 'failed' as const, exit: 11 },
  ])('exits with $exit when the submission ends $state', async ({ state, exit }) => {
    const place = await begin({ end: { state, reason: 'NothingToArchive LabelIdentifies' } });
    const run = await airlock(['upload', folder, '--project', 'DEMO', '--wait'], place);
    expect(run.exit).toBe(exit);
    const advice = [
      'NothingToArchive: No file can be archived. The codes beside this one say why',
      expect.stringMatching(/^LabelIdentifies: A label .* Choose another label/),
    ];
    expect(run.out).toEqual([expect.stringContaining(`${state} (NothingToArchive LabelIdentifies)`), ...advice]);
    const status = await airlock(['status', only()], place);
    expect(status).toMatchObject({ exit, out: [expect.stringContaining(`  ${state} (`), ...advice] });
  });

  test('does not say that it is uploaded, or succeeds, when what is resumed has ended otherwise', async () => {
    const place = await begin({ end: { state: 'failed', reason: 'XnatRefused' } });
    await airlock(['upload', folder, '--project', 'DEMO'], place);
    const { exit, out } = await airlock(['upload', folder, '--resume', only()], place);
    expect({ exit, out }).toEqual({
      exit: 11,
      out: [
        `${only()}: failed (XnatRefused)`,
        'XnatRefused: XNAT refuses the request. Check the XNAT account and project',
      ],
    });
  });

  test('tells how much of what is sent has been sent', async () => {
    const { err } = await airlock(['upload', '.', '--project', 'DEMO'], await begin());
    const [, sent, all] = /part 1 sent: (.*) of (.*)$/.exec(err.find((line) => line.includes('part 1')) ?? '') ?? [];
    expect(sent).toBe(all);
  });

  test.each([
    ['upload', '--help'],
    ['status', '-h'],
  ])('%s %s says how to use it', async (...args) => {
    const { exit, out } = await airlock(args, await begin());
    expect({ exit, out }).toEqual({ exit: 0, out: [expect.stringContaining('airlock upload PATH')] });
  });

  test('says how to go on after a fault, and goes on', async () => {
    const place = await begin({
      fault: ({ path, count }) => (path.endsWith('/commit') && count <= 8 ? { status: 503 } : undefined),
    });
    const first = await airlock(['upload', folder, '--project', 'DEMO'], place);
    expect(first.exit).toBe(5);
    expect(first.said).toContain(`--resume ${only()}`);
    const before = server.seen.filter((key) => key.includes('/pack-000001/1')).length;
    const second = await airlock(['upload', folder, '--resume', only(), '--wait'], place);
    expect(second.exit).toBe(0);
    expect(server.seen.filter((key) => key.includes('/pack-000001/1'))).toHaveLength(before);
  });

  test('exits with 8 when files changed since the upload was begun', async () => {
    const place = await begin({ fault: ({ path }) => (path.endsWith('/commit') ? { status: 400 } : undefined) });
    await airlock(['upload', folder, '--project', 'DEMO'], place);
    await writeFile(join(folder, 'notes.txt'), 'changed');
    expect((await airlock(['upload', folder, '--resume', only()], place)).exit).toBe(8);
  });

  test('exits with 9, and does not say archived, for a receipt that is not about what was sent', async () => {
    let other: string | undefined;
    const place = await begin({
      fault: ({ path }) =>
        path.endsWith('/receipt') && other !== undefined ? { status: 200, body: other } : undefined,
    });
    await airlock(['upload', folder, '--project', 'DEMO', '--wait'], place);
    other = (await airlock(['receipt', only()], place)).out.join();
    await writeFile(join(folder, 'more.txt'), 'more');
    const run = await airlock(['upload', folder, '--project', 'DEMO', '--wait'], place);
    expect(run.exit).toBe(9);
    expect(run.out).toEqual([]);
  });

  test.each([
    { exit: 2, why: 'no path is given', args: ['upload', '--project', 'DEMO'], env: {} },
    { exit: 2, why: 'no project is given', args: ['upload', '.'], env: {} },
    { exit: 2, why: 'an option is unknown', args: ['upload', '.', '--token', 'secret'], env: {} },
    { exit: 2, why: 'the command is unknown', args: ['toString'], env: {} },
    { exit: 6, why: 'the token is refused', args: ['upload', '.', '--project', 'DEMO'], env: { AIRLOCK_TOKEN: 'bad' } },
    { exit: 7, why: 'the role is missing', args: ['upload', '.', '--project', 'FORBIDDEN'], env: {} },
    { exit: 7, why: 'the project is unknown', args: ['upload', '.', '--project', 'NONE'], env: {} },
    { exit: 12, why: 'the folder is missing', args: ['upload', 'SMITH^ANN', '--project', 'DEMO'], env: {} },
    {
      exit: 13,
      why: 'the address is plain HTTP elsewhere',
      args: ['status'],
      env: { AIRLOCK_URL: 'http://example.org' },
    },
    { exit: 13, why: 'the address is none', args: ['status'], env: { AIRLOCK_URL: 'here' } },
  ])('exits with $exit when $why, in one line that holds no path', async ({ exit, args, env }) => {
    const place = await begin();
    const run = await airlock(args, { ...place, env: { ...place.env, ...env } });
    expect(run.exit).toBe(exit);
    expect(run.out).toEqual([]);
    expect(run.said).not.toMatch(/SMITH/);
  });

  test('exits with 12 and sends nothing when a name is not UTF-8', async () => {
    const place = await begin();
    await writeFile(Buffer.concat([Buffer.from(`${folder}/M`), Buffer.from([0xfc]), Buffer.from('ller.dcm')]), 'x');
    // as Node reads it, the name is longer than a name may be
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.alloc(90, 0xe9)]), 'x');
    await writeFile(join(folder, 'named so \uFFFD.dcm'), 'x');
    const { exit, err, said } = await airlock(['upload', '.', '--project', 'DEMO'], place);
    expect({ exit, err }).toEqual({ exit: 12, err: [expect.stringContaining(': 2 names')] });
    expect(said).not.toContain('ller');
    expect(server.cases.size).toBe(0);
  });

  test('exits with 5 when nothing answers', async () => {
    const place = await begin({ fault: () => 'drop' });
    expect((await airlock(['status'], place)).exit).toBe(5);
  });

  test('exits with 130 when it is interrupted', async () => {
    const interrupted = new AbortController();
    const place = await begin({
      fault: ({ path }) => {
        if (path.endsWith('/pack-000001/1')) interrupted.abort();
        return undefined;
      },
    });
    const run = await airlock(['upload', folder, '--project', 'DEMO'], { ...place, signal: interrupted.signal });
    expect(run.exit).toBe(130);
    expect(run.said).toContain('--resume sub_');
  });
});
