import { readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { examineFile } from '../../../../clients/cli/engine/examineFile.ts';
import { synthesizeCtSlice } from '../../../../core/dicom/synthesizeCt.ts';
import { ProjectPolicy } from '../../../../core/policy/ProjectPolicy.ts';
import { airlock, dicomFile, folderOf, zipOf } from '../cliRun.ts';

let folder: string;
afterEach(() => rm(folder, { recursive: true }));

const profile = JSON.stringify({
  project: 'DEMO',
  xnatProject: 'DEMO',
  sites: ['leeds'],
  findings: { NotDicom: 'hold' },
});
const others = (level: string, disposition: string) =>
  JSON.stringify({
    ...{ project: 'DEMO', xnatProject: 'DEMO', sites: ['leeds'] },
    resources: [{ label: 'NOTES', level, endings: ['.txt'], disposition }],
  });
const slice = (instance: number) => synthesizeCtSlice({ seed: 'cli', series: 1, instance, rows: 4, columns: 4 });

interface Row {
  why: string;
  files: Record<string, Uint8Array | string>;
  args: string[];
  exit: number;
  codes: string[];
}

const events = (out: readonly string[]) => out.map((line) => JSON.parse(line));

describe('airlock validate', () => {
  test.each<Row>([
    { why: 'all is well', files: { 'a.dcm': slice(1) }, args: [], exit: 0, codes: [] },
    { why: 'an attribute is missing', files: { 'a.dcm': dicomFile() }, args: [], exit: 0, codes: [] },
    { why: 'a file is not DICOM', files: { 'a.dcm': dicomFile(), b: 'text' }, args: [], exit: 3, codes: ['NotDicom'] },
    {
      why: 'the profile holds it',
      files: { 'a.dcm': slice(1), b: 'text', '.profile': profile },
      args: ['--profile', '.profile'],
      exit: 10,
      codes: ['NotDicom'],
    },
    {
      why: 'all that the profile holds is all there is, and nobody can release it',
      files: { b: 'text', '.profile': profile },
      args: ['--profile', '.profile'],
      exit: 3,
      codes: ['NotDicom'],
    },
    {
      why: 'the project takes other files, and a person must look at them',
      files: { 'a.dcm': slice(1), 'b.txt': 'text', '.profile': others('session', 'hold') },
      args: ['--profile', '.profile'],
      exit: 10,
      codes: ['OtherFile'],
    },
    {
      why: 'the project lets other files through',
      files: { 'x/a.dcm': slice(1), 'x/b.txt': 'text', '.profile': others('scan', 'accept') },
      args: ['--profile', '.profile'],
      exit: 0,
      codes: [],
    },
    {
      why: 'the scan of a file cannot be told',
      files: { 'x/a.dcm': slice(1), 'y/b.txt': 'text', '.profile': others('scan', 'accept') },
      args: ['--profile', '.profile'],
      exit: 10,
      codes: ['ResourceUnplaced'],
    },
    {
      why: 'a file is cut',
      files: { 'a.dcm': dicomFile().slice(0, -5) },
      args: [],
      exit: 3,
      codes: ['DicomTruncated'],
    },
    {
      why: 'two files contradict each other',
      files: { a: dicomFile({ instance: '1' }), b: dicomFile({ instance: '2' }), c: slice(1) },
      args: [],
      exit: 10,
      codes: ['InstanceConflict', 'InstanceConflict'],
    },
    {
      why: 'one study has two patients',
      files: { a: dicomFile(), b: dicomFile({ patient: 'ROE', sop: '1.2.9', instance: '2' }) },
      args: [],
      exit: 10,
      codes: ['StudyOfSeveralPatients'],
    },
    { why: 'a ZIP is none', files: { 'a.zip': `PK${'x'.repeat(40)}` }, args: [], exit: 3, codes: ['PackEntryBroken'] },
  ])('exits with $exit when $why', async ({ files, args, exit, codes }) => {
    folder = await folderOf(files);
    const run = await airlock(['validate', '.', '--format', 'jsonl', ...args], { cwd: folder });
    const deciding = events(run.out).filter(({ type, disposition }) => type === 'finding' && disposition !== 'accept');
    expect(deciding.map(({ code }) => code)).toEqual(codes);
    expect(deciding.every(({ advice, message }) => advice !== '' && message !== '')).toBe(true);
    expect(events(run.out).at(-1)).toMatchObject({ type: 'summary' });
    expect(run.exit).toBe(exit);
  });

  test('says that nothing of it would be archived, and why', async () => {
    folder = await folderOf({ a: dicomFile({ instance: '1' }), b: dicomFile({ instance: '2' }) });
    const { exit, out } = await airlock(['validate', '.'], { cwd: folder });
    expect({ exit, last: out.at(-1) }).toEqual({
      exit: 3,
      last: 'The submission would be rejected as a whole: NothingToArchive',
    });
  });

  test.each([
    ['as the catalogue says', [], 'error', 'refuse'],
    ['as the project says', ['--profile', '.profile'], 'warning', 'hold'],
  ])('gives programs a finding with all that it has, as severe %s', async (_, args, severity, disposition) => {
    folder = await folderOf({ b: 'text', '.profile': profile });
    const run = await airlock(['validate', 'b', '--format', 'jsonl', ...args], { cwd: folder });
    expect(events(run.out)[0]).toMatchObject({
      ...{ type: 'finding', code: 'NotDicom', path: 'b', file: 0, severity, disposition, offset: 0 },
      ...{ message: expect.stringMatching(/^Cannot read DICOM at byte 0: /), advice: 'Exclude the file' },
    });
  });

  test('tells people what is wrong with which file, what to do, and what is only a note', async () => {
    folder = await folderOf({ 'sub/b': 'text', 'sub/c': dicomFile() });
    const { out } = await airlock(['validate', '.'], { cwd: folder });
    expect(out.slice(0, 2)).toEqual([
      expect.stringMatching(/^refuse {2}NotDicom {2}sub\/b {2}/),
      expect.stringMatching(/^ +Exclude the file$/),
    ]);
    expect(out[2]).toMatch(/^note {2}AttributeMissing {2}\(....,....\) {2}sub\/c {2}It is missing/);
    expect(out.at(-1)).toBe('2 files: 1 would be archived, 0 held for a person, 1 refused, 0 are copies');
    expect(out.join()).not.toContain('DOE');
  });

  test('hands no control characters of a name to the terminal', async () => {
    folder = await folderOf({ 'a.zip': await zipOf({ 'x\x1b[2J\x07': 'text' }) });
    const { out } = await airlock(['validate', 'a.zip'], { cwd: folder });
    expect(out[0]).toContain('a.zip/x·[2J·');
  });

  test('says a fault that many files have once', async () => {
    folder = await folderOf(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i}`, 'text'])));
    const { out, err } = await airlock(['validate', '.'], { cwd: folder });
    expect(out.filter((line) => line.startsWith('refuse'))).toHaveLength(20);
    expect(err).toEqual(['NotDicom: 10 more; --format jsonl lists all of them']);
  });

  test('opens ZIPs, beside files and folders, and finds a changed byte in one', async () => {
    const pack = await zipOf({ 'x/1': slice(1), 'x/2': slice(2), '__MACOSX/2': '' });
    folder = await folderOf({ 'a.zip': pack, 'dir/b.zip': pack, 'dir/c': slice(3) });
    const whole = await airlock(['validate', 'a.zip', 'dir', '--format', 'jsonl'], { cwd: folder });
    // the second ZIP has equal copies of the first
    expect(events(whole.out).at(-1)).toMatchObject({ files: 5, accept: 3, duplicate: 2, junk: 2 });
    const bytes = await readFile(join(folder, 'a.zip'));
    bytes.writeUInt8(bytes.readUInt8(3000) ^ 1, 3000);
    await rm(folder, { recursive: true });
    folder = await folderOf({ 'a.zip': new Uint8Array(bytes) });
    const broken = await airlock(['validate', 'a.zip', '--format', 'jsonl'], { cwd: folder });
    expect(events(broken.out)[0]).toMatchObject({
      code: 'PackEntryBroken',
      path: expect.stringMatching(/^a\.zip\/x\//),
    });
  });

  test('finds the same in the same order by one thread and by several', async () => {
    const files = Array.from({ length: 40 }, (_, i): [string, Uint8Array | string] => [
      `${i}`,
      i % 5 === 0 ? 'text' : slice(i + 1),
    ]);
    folder = await folderOf(Object.fromEntries(files));
    const run = async (jobs: string) => {
      const { out, exit } = await airlock(['validate', '.', '--format', 'jsonl', '--jobs', jobs], { cwd: folder });
      return { exit, events: events(out).map(({ ts: _, ...rest }) => rest) };
    };
    const one = await run('1');
    expect(await run('3')).toEqual(one);
    expect(one.events.at(-1)).toMatchObject({ files: 40, refuse: 8, accept: 32 });
  });

  test('goes on after a file that the disk does not give', async () => {
    folder = await folderOf({});
    // a folder cannot be read as a file: nor can one that was a file when it was listed
    const file = { path: 'a', sizeBytes: 1, source: folder };
    const project = { policy: ProjectPolicy.parse(JSON.parse(profile)), key: new Uint8Array(32) };
    const { fact, findings } = await examineFile({ number: 7, file, onlyDeciding: false }, project);
    expect(fact).toMatchObject({ file: 7, disposition: 'refuse' });
    expect(findings).toMatchObject([{ code: 'FileUnreadable', file: 7 }]);
  });

  test('says which fields of a profile do not fit, and what is wanted there', async () => {
    folder = await folderOf({ x: 'no', p: JSON.stringify({ ...JSON.parse(profile), onHeldFile: 'wait', feelds: {} }) });
    const { exit, err } = await airlock(['validate', 'x', '--profile', 'p'], { cwd: folder });
    expect({ exit, err }).toEqual({
      exit: 2,
      err: [expect.stringMatching(/^Cannot read the profile: onHeldFile \(.*"hold".*feelds/)],
    });
  });

  test.each([
    { why: 'the format is unknown', args: ['validate', '.', '--format', 'xml'], exit: 2 },
    { why: 'there is no path', args: ['validate'], exit: 2 },
    { why: 'there is no such path', args: ['validate', 'nowhere'], exit: 12 },
    { why: 'the folder is empty', args: ['validate', 'empty'], exit: 2 },
    { why: 'the path is a link', args: ['validate', 'link'], exit: 2 },
    { why: 'the jobs are no number', args: ['validate', '.', '--jobs', 'all'], exit: 2 },
    { why: 'the profile is none', args: ['validate', '.', '--profile', 'x'], exit: 2 },
    { why: 'the key is none', args: ['deid', '.', '--out', 'o', '--key-file', 'x'], exit: 2 },
    { why: 'there is no folder to write to', args: ['deid', '.'], exit: 2 },
  ])('exits with $exit, and tells programs so, when $why', async ({ args, exit }) => {
    folder = await folderOf({ x: 'no', 'empty/.hidden': '' });
    await symlink(join(folder, 'x'), join(folder, 'link'));
    const people = await airlock(args, { cwd: folder });
    expect({ exit: people.exit, out: people.out }).toEqual({ exit, out: [] });
    expect(people.err.at(-1)?.length).toBeGreaterThan(10);
    const flag = args[0] === 'deid' ? ['--json'] : args.includes('--format') ? [] : ['--format', 'jsonl'];
    const programs = await airlock([...args, ...flag], { cwd: folder });
    if (flag.length > 0) expect(events(programs.out).at(-1)).toMatchObject({ type: 'error', exit });
  });
});
