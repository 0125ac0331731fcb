import { spawn } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compactDecrypt, importPKCS8 } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { synthesizeCtSlice } from '../../../../core/dicom/synthesizeCt.ts';
import { limits } from '../../../../core/policy/limits.ts';
import {
  explicitLittle,
  pixels,
  type TestElement,
  withIdentity,
  writeFile as writeDicomFile,
  writeElements,
} from '../../../fixtures/writeDicom.ts';
import { airlock, dicomFile, folderOf, zipOf } from '../cliRun.ts';

let folder: string;
afterEach(() => rm(folder, { recursive: true }));

const key = 'ab'.repeat(32);
const slice = (instance: number) => synthesizeCtSlice({ seed: 'cli', series: 1, instance, rows: 4, columns: 4 });
const names = async (path: string) =>
  (await readdir(path, { recursive: true })).filter((name) => name.endsWith('.dcm'));
const digests = async (path: string) =>
  Promise.all(
    (await names(path)).sort().map(async (name) => {
      const hash = createHash('sha256').update(await readFile(join(path, name)));
      return `${name} ${hash.digest('hex')}`;
    }),
  );
const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

describe('airlock deid', () => {
  test('writes clean files under mapped names only, the same for the same key', async () => {
    folder = await folderOf({ 'DOE/JOHN.dcm': dicomFile(), notes: 'text', key });
    const args = ['deid', 'DOE', '--out', 'out', '--key-file', 'key', '--diff'];
    const { exit, out, err, said } = await airlock(args, { cwd: folder });
    expect({ exit, err }).toEqual({ exit: 0, err: ['1 of 1 file is written'] });
    expect(out[0]).toMatch(/^2\.25\.\d+\/2\.25\.\d+\.dcm$/);
    expect(out.join('\n')).toMatch(/\(0010,0010\) PN (changed|emptied) {2}\S/);
    expect(said).not.toMatch(/DOE|JOHN/);
    const bytes = await readFile(join(folder, 'out', out[0] ?? ''));
    expect(bytes.toString('latin1')).not.toMatch(/DOE|JOHN/);
    const again = await airlock(args, { cwd: folder });
    expect(again.out).toEqual(out);
  });

  test('tells values only to who asks for them, and no control characters', async () => {
    folder = await folderOf({ a: dicomFile({ patient: 'DOE^\x1b[2JOHN' }) });
    const { out } = await airlock(['deid', '.', '--out', 'out', '--diff-values'], { cwd: folder });
    const line = out.find((each) => each.includes('(0010,0010)'));
    expect(line).toMatch(/PN changed {2}[^"]+ {2}"DOE\^·\[2JOHN" → "SUB-[^"]+"$/);
  });

  test('tells of a text that is longer than any that is read, and how many elements it does not tell', async () => {
    const text: TestElement = { tag: 0x00204000, vr: 'UT', value: `"${'abc '.repeat(300_000)}` };
    const many = Array.from({ length: 60_000 }, (_, number): TestElement => ({ tag: 0x00430010 + number, vr: 'US' }));
    const elements = withIdentity(text, pixels(new Uint8Array(8)), ...many);
    folder = await folderOf({ a: writeDicomFile({ data: writeElements(elements, explicitLittle) }) });
    const { exit, out } = await airlock(['deid', '.', '--out', 'out', '--diff-values'], { cwd: folder });
    expect(exit).toBe(0);
    expect(out.find((each) => each.includes('(0020,4000)'))).toMatch(/"".{63}…"$/);
    expect(out).toHaveLength(1 + limits.changesPerFile + 1);
    expect(out.at(-1)).toMatch(/^ {2}and 10\d\d\d more$/);
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

  test('writes one of equal copies, and neither of two that contradict each other', async () => {
    folder = await folderOf({
      ...{ a: slice(1), b: slice(1) },
      ...{ c: dicomFile({ sop: '1.2.7', instance: '1' }), d: dicomFile({ sop: '1.2.7', instance: '2' }) },
    });
    const { out, err } = await airlock(['deid', '.', '--out', 'out', '--json'], { cwd: folder });
    const events = out.map((line) => JSON.parse(line));
    expect(events.filter(({ type }) => type === 'left').map(({ code }) => code)).toEqual(
      Array(2).fill('InstanceConflict'),
    );
    expect(events.at(-1)).toMatchObject({ type: 'summary', files: 4, written: 1, left: 2, copies: 1 });
    expect(err).toHaveLength(1);
  });

  test('does not release what a person must look at', async () => {
    folder = await folderOf({ a: dicomFile({ modality: 'US', pixels: 'pixels' }) });
    const { exit, err } = await airlock(['deid', '.', '--out', 'out'], { cwd: folder });
    expect({ exit, left: err.at(-3) }).toEqual({ exit: 3, left: 'file 0 is not written: BurnedInRisk' });
    expect(await names(join(folder, 'out'))).toEqual([]);
  });

  test('writes the same files by one thread and by several, in the same order', async () => {
    folder = await folderOf({
      key,
      ...Object.fromEntries(Array.from({ length: 24 }, (_, i) => [`in/${i}`, slice(i + 1)])),
    });
    const run = (jobs: string) =>
      airlock(['deid', 'in', '--out', `out${jobs}`, '--key-file', 'key', '--jobs', jobs], { cwd: folder });
    const [one, several] = [await run('1'), await run('3')];
    expect(several).toEqual(one);
    expect(await digests(join(folder, 'out3'))).toEqual(await digests(join(folder, 'out1')));
    expect(one.out).toHaveLength(24);
  });

  test('takes a ZIP whatever its names are, and makes one, outside of nothing', async () => {
    folder = await folderOf({ key, 'in.zip': await zipOf({ '../../evil.dcm': slice(1), '/etc/evil.dcm': slice(2) }) });
    const { exit } = await airlock(['deid', 'in.zip', '--out', 'deep/out.zip', '--key-file', 'key'], { cwd: folder });
    expect(exit).toBe(0);
    expect((await readdir(folder)).sort()).toEqual(['deep', 'in.zip', 'key']);
    expect(await readdir(join(folder, 'deep'))).toEqual(['out.zip']);
    const { out } = await airlock(['validate', 'deep/out.zip', '--format', 'jsonl'], { cwd: folder });
    expect(JSON.parse(out.at(-1) ?? '')).toMatchObject({ files: 2, accept: 2 });
    const again = await airlock(['deid', 'in.zip', '--out', 'deep/out.zip'], { cwd: folder });
    expect(again.exit).toBe(8);
  });

  test('follows no link that lies in the output already', async () => {
    folder = await folderOf({ key, 'in/a': slice(1), 'away/x': '' });
    const first = await airlock(['deid', 'in', '--out', 'out', '--key-file', 'key'], { cwd: folder });
    const [series = ''] = (first.out[0] ?? '').split('/');
    await mkdir(join(folder, 'out2'));
    await symlink(join(folder, 'away'), join(folder, 'out2', series));
    const { exit } = await airlock(['deid', 'in', '--out', 'out2', '--key-file', 'key'], { cwd: folder });
    expect(exit).toBe(8);
    expect(await readdir(join(folder, 'away'))).toEqual(['x']);
  });

  test('never writes over a file that it reads, and does not read what it wrote', async () => {
    folder = await folderOf({ key, a: slice(1) });
    const first = await airlock(['deid', '.', '--out', 'out', '--key-file', 'key'], { cwd: folder });
    const again = await airlock(['deid', '.', '--out', 'out', '--key-file', 'key'], { cwd: folder });
    expect(again.err.at(-1)).toBe(first.err.at(-1));
    const inPlace = await airlock(['deid', `out/${first.out[0]}`, '--out', 'out', '--key-file', 'key'], {
      cwd: folder,
    });
    expect(inPlace.exit).toBe(2);
    expect(await names(join(folder, 'out'))).toEqual([first.out[0]]);
  });

  test('has only whole files under their names when it is killed, and completes them when it runs again', async () => {
    folder = await folderOf({
      key,
      ...Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`in/${i}`, slice(i + 1)])),
    });
    const main = join(import.meta.dirname, '../../../../clients/cli/airlock.js');
    const args = [main, 'deid', 'in', '--out', 'out', '--key-file', 'key', '--jobs', '2'];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { out, exit } = await airlock(['validate', 'out', '--format', 'jsonl'], { cwd: folder });
    expect({ exit, refuse: JSON.parse(out.at(-1) ?? '').refuse }).toEqual({ exit: 0, refuse: 0 });
    const again = await airlock(['deid', 'in', '--out', 'out', '--key-file', 'key'], { cwd: folder });
    expect(again.exit).toBe(0);
    expect(await readdir(join(folder, 'out'), { recursive: true })).toHaveLength(61);
  });

  /** More than a thread of its own is started for; a hole in the file but for a few bytes, as zeros to read. */
  const pixelBytes = 8200 * 8200 * 2;
  async function writeLarge(path: string, ...elements: TestElement[]): Promise<void> {
    const size: TestElement[] = [0x00280010, 0x00280011].map((tag) => ({
      ...{ tag, vr: 'US', value: Uint8Array.of(8200 & 255, 8200 >> 8) },
    }));
    const all = withIdentity(...elements, ...size, { ...pixels(new Uint8Array(0)), claimedLength: pixelBytes });
    const head = writeDicomFile({ data: writeElements(all, explicitLittle) });
    const file = await open(path, 'w');
    await file.write(head);
    for (const at of [0, 262_143, 70_000_001, pixelBytes - 3])
      await file.write(Buffer.from([at & 255, 7, 1]), 0, 3, head.length + at);
    await file.close();
  }

  test('writes large pixels as they are, whoever copies them', async () => {
    folder = await folderOf({ 'in/small': slice(2), key });
    await writeLarge(join(folder, 'in/large'));
    const args = ['deid', 'in', '--key-file', 'key', '--out'];
    expect(await airlock([...args, 'beside'], { cwd: folder })).toMatchObject({ exit: 0 });
    expect(await airlock([...args, 'alone', '--jobs', '1'], { cwd: folder })).toMatchObject({ exit: 0 });
    expect(await digests(join(folder, 'beside'))).toEqual(await digests(join(folder, 'alone')));
    const before = (await readFile(join(folder, 'in/large'))).subarray(-pixelBytes);
    const written = (await names(join(folder, 'beside'))).map((name) => readFile(join(folder, 'beside', name)));
    const isWhole = (await Promise.all(written)).map((bytes) => bytes.subarray(-pixelBytes).equals(before));
    expect(isWhole.sort()).toEqual([false, true]);
  });

  test('leaves nothing of a large file whose proof fails', async () => {
    folder = await folderOf({ 'in/small': 'text', key });
    await writeLarge(
      join(folder, 'in/large'),
      { tag: 0x00100010, vr: 'PN', value: 'Zzyzxburg^Quillabeth' },
      { tag: 0x00081090, vr: 'LO', value: 'made for QUILLABETH' },
    );
    const { exit, err } = await airlock(['deid', 'in', '--key-file', 'key', '--out', 'out'], { cwd: folder });
    expect(exit).toBe(3);
    expect(err).toContain('file 0 is not written: ResidualIdentifier');
    const left = await readdir(join(folder, 'out'), { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  });

  test('leaves no unfinished file behind when it is interrupted', async () => {
    folder = await folderOf(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`in/${i}`, slice(i + 1)])));
    const aborting = new AbortController();
    const running = airlock(['deid', 'in', '--out', 'out', '--jobs', '2'], {
      cwd: folder,
      signal: aborting.signal,
      onOut: () => aborting.abort(),
    });
    const { exit } = await running;
    expect(exit).toBe(130);
    const left = await readdir(join(folder, 'out'), { recursive: true });
    expect(left.filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('the map of airlock deid', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const files = { 'in/a': dicomFile(), key, 'p.pem': publicPem, 'k.pem': privatePem };
  const deidArgs = ['deid', 'in', '--out', 'out', '--key-file', 'key', '--map', 'm', '--map-key', 'p.pem'];

  test('tells the owner of the key who is who, and nobody else', async () => {
    folder = await folderOf(files);
    const { out } = await airlock(deidArgs, { cwd: folder });
    const sealed = await readFile(join(folder, 'm'), 'utf8');
    expect(sealed).not.toContain('ID-DOE^JOHN');
    const opened = await airlock(['deid', 'map', 'm', '--key', 'k.pem'], { cwd: folder });
    const map = JSON.parse(opened.out.join('\n'));
    expect(map.patients).toMatchObject([{ patientId: 'ID-DOE^JOHN', subject: expect.stringMatching(/^SUB-/) }]);
    const mapped = (original: string) =>
      map.uids.find((each: { original: string }) => each.original === original)?.mapped;
    expect(out[0]).toBe(`${mapped('1.2.3.4')}/${mapped('1.2.3.4.5')}.dcm`);
    // any JOSE library opens it
    const { plaintext } = await compactDecrypt(sealed.trim(), await importPKCS8(privatePem, 'RSA-OAEP-256'));
    expect(JSON.parse(new TextDecoder().decode(plaintext))).toEqual(map);
  });

  test.each([
    {
      why: 'another key opens it',
      change: async () =>
        writeFile(
          join(folder, 'k.pem'),
          generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
        ),
      exit: 9,
    },
    {
      why: 'a letter of it was changed',
      change: async () =>
        writeFile(
          join(folder, 'm'),
          // the first of the tag: all of its bits count, those of the last do not
          (await readFile(join(folder, 'm'), 'utf8')).replace(/\.(.)(?=[^.]*$)/, (_, first) =>
            first === 'A' ? '.B' : '.A',
          ),
        ),
      exit: 9,
    },
    { why: 'it is another file', change: async () => writeFile(join(folder, 'm'), 'Zzyzx'), exit: 2 },
  ])('is not opened when $why', async ({ change, exit }) => {
    folder = await folderOf(files);
    await airlock(deidArgs, { cwd: folder });
    await change();
    const opened = await airlock(['deid', 'map', 'm', '--key', 'k.pem'], { cwd: folder });
    expect({ exit: opened.exit, out: opened.out }).toEqual({ exit, out: [] });
  });

  test.each([
    { why: 'its file is there already', args: ['--map', 'key', '--map-key', 'p.pem'], exit: 8 },
    { why: 'the key is the private one', args: ['--map', 'm', '--map-key', 'k.pem'], exit: 2 },
    { why: 'the key is none', args: ['--map', 'm', '--map-key', 'key'], exit: 2 },
    { why: 'no key is named', args: ['--map', 'm'], exit: 2 },
    { why: 'its folder is not there', args: ['--map', 'nowhere/m', '--map-key', 'p.pem'], exit: 12 },
  ])('stops the run before it begins when $why', async ({ args, exit }) => {
    folder = await folderOf(files);
    const run = await airlock(['deid', 'in', '--out', 'out', ...args], { cwd: folder });
    expect(run.exit).toBe(exit);
    expect(await isThere(join(folder, 'out'))).toBe(false);
  });
});
