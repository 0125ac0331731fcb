import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { airlock, dicomFile, folderOf } from './cliRun.ts';

let folder: string;
afterEach(() => rm(folder, { recursive: true }));

const key = 'ab'.repeat(32);
const profile = JSON.stringify({
  project: 'DEMO',
  xnatProject: 'DEMO',
  sites: ['leeds'],
  findings: { NotDicom: 'hold' },
});

interface Row {
  why: string;
  files: Record<string, Uint8Array | string>;
  args: string[];
  exit: number;
  codes: string[];
}

describe('airlock validate', () => {
  test.each<Row>([
    { why: 'all is well', files: { 'a.dcm': dicomFile() }, args: [], exit: 0, codes: [] },
    { why: 'a file is not DICOM', files: { 'a.dcm': dicomFile(), b: 'text' }, args: [], exit: 3, codes: ['NotDicom'] },
    {
      why: 'the profile holds it',
      files: { b: 'text', '.profile': profile },
      args: ['--profile', '.profile'],
      exit: 10,
      codes: ['NotDicom'],
    },
    {
      why: 'a file is cut',
      files: { 'a.dcm': dicomFile().slice(0, -5) },
      args: [],
      exit: 3,
      codes: ['DicomTruncated'],
    },
  ])('exits with $exit when $why', async ({ files, args, exit, codes }) => {
    folder = await folderOf(files);
    const run = await airlock(['validate', '.', '--format', 'jsonl', ...args], { cwd: folder });
    const events = run.out.map((line) => JSON.parse(line));
    expect(
      events.filter(({ type, disposition }) => type === 'finding' && disposition !== 'accept').map(({ code }) => code),
    ).toEqual(codes);
    expect(events.at(-1)).toMatchObject({ type: 'summary' });
    expect(run.exit).toBe(exit);
  });

  test('tells people what is wrong with which file', async () => {
    folder = await folderOf({ 'sub/b': 'text' });
    const { out } = await airlock(['validate', '.'], { cwd: folder });
    expect(out).toEqual([
      expect.stringMatching(/^refuse {2}NotDicom {2}sub\/b {2}/),
      '1 files: 0 would be accepted, 0 held, 1 refused',
    ]);
  });

  test.each([
    { why: 'the format is unknown', args: ['validate', '.', '--format', 'xml'] },
    { why: 'there is no path', args: ['validate'] },
    { why: 'the profile is none', args: ['validate', '.', '--profile', 'x'] },
    { why: 'the key is none', args: ['deid', '.', '--out', 'o', '--key-file', 'x'] },
    { why: 'there is no folder to write to', args: ['deid', '.'] },
  ])('exits with 2 when $why', async ({ args }) => {
    folder = await folderOf({ x: 'no' });
    expect((await airlock(args, { cwd: folder })).exit).toBe(2);
  });
});

describe('airlock deid', () => {
  test('writes clean files under mapped names only, the same for the same key', async () => {
    folder = await folderOf({ 'DOE/JOHN.dcm': dicomFile(), notes: 'text', key });
    const args = ['deid', 'DOE', '--out', 'out', '--key-file', 'key', '--diff'];
    const { exit, out, err, said } = await airlock(args, { cwd: folder });
    expect({ exit, err }).toEqual({ exit: 0, err: ['1 of 1 files are written'] });
    expect(out[0]).toMatch(/^2\.25\.\d+\/2\.25\.\d+\.dcm$/);
    expect(out.join('\n')).toMatch(/\(0010,0010\) PN (changed|emptied)/);
    expect(said).not.toMatch(/DOE|JOHN/);
    const bytes = await readFile(join(folder, 'out', out[0] ?? ''));
    expect(bytes.toString('latin1')).not.toMatch(/DOE|JOHN/);
    const again = await airlock(args, { cwd: folder });
    expect(again.out).toEqual(out);
  });

  test('writes nothing of what is refused, and says so by number and code', async () => {
    folder = await folderOf({ a: dicomFile(), b: 'DOE', c: dicomFile().slice(0, -5) });
    const { exit, err, out } = await airlock(['deid', '.', '--out', 'out'], { cwd: folder });
    expect(exit).toBe(4);
    expect(err).toEqual(
      expect.arrayContaining(['file 1 is not written: NotDicom', 'file 2 is not written: DicomTruncated']),
    );
    expect(out).toHaveLength(1);
    const left = await readdir(join(folder, 'out'), { recursive: true });
    expect(left.filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
