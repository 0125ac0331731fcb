import { writeFileSync } from 'node:fs';
import { readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { explicitLittle, pixels, withIdentity, writeElements, writeFile } from '../../fixtures/writeDicom.ts';
import { airlock, dicomFile, folderOf, openPaths, zipOf } from './cliRun.ts';

let folder: string;
afterEach(() => rm(folder, { recursive: true }));

const key = 'ab'.repeat(32);
const deid = (input: string, onOut?: () => void) =>
  airlock(['deid', input, '--key-file', 'key', '--out', 'out'], {
    cwd: folder,
    ...(onOut === undefined ? {} : { onOut }),
  });

test('leaves no ZIP open of which it refused a file', async () => {
  const elements = withIdentity(
    { tag: 0x00100010, vr: 'PN', value: 'Zzyzxburg^Quillabeth' },
    { tag: 0x00081090, vr: 'LO', value: 'made for QUILLABETH' },
    pixels(new Uint8Array(600_000)),
  );
  folder = await folderOf({
    'in.zip': await zipOf({ a: writeFile({ data: writeElements(elements, explicitLittle) }) }),
    key,
  });
  const { exit, err } = await deid('in.zip');
  expect({ exit, err }).toEqual({
    exit: 3,
    err: [
      'file 0 is not written: ResidualIdentifier',
      expect.stringMatching(/^ResidualIdentifier: .*A person must look at it$/),
      '0 of 1 file is written',
    ],
  });
  expect(await openPaths()).not.toContain(join(folder, 'in.zip'));
});

test.each([
  ['a file of another patient', dicomFile({ patient: 'ROE^JANE', study: '1.2.9', sop: '1.2.3.4.7' })],
  ['one of another patient and the same instance', dicomFile({ patient: 'ROE^JANE', sop: '1.2.3.4.6' })],
])('writes nothing of %s that takes the place of one that was examined', async (_, other) => {
  folder = await folderOf({ 'in/0': dicomFile(), 'in/1': dicomFile({ sop: '1.2.3.4.6' }), key });
  const { exit, out, err } = await deid('in', () => writeFileSync(join(folder, 'in/1'), other));
  expect({ exit, err }).toEqual({
    exit: 4,
    err: [
      'file 1 is not written: FileUnreadable',
      expect.stringMatching(/^FileUnreadable: /),
      '1 of 2 files are written',
    ],
  });
  const entries = await readdir(join(folder, 'out'), { recursive: true, withFileTypes: true });
  expect(entries.filter((entry) => entry.isFile()).map((entry) => entry.name)).toEqual([out[0]?.split('/').at(-1)]);
});

test('tells of links that it does not follow', async () => {
  folder = await folderOf({ 'in/a': dicomFile(), b: dicomFile({ sop: '1.2.3.4.6' }), key });
  await symlink(join(folder, 'b'), join(folder, 'in/b'));
  const { exit, err } = await deid('in');
  expect({ exit, err }).toEqual({ exit: 0, err: ['1 of 1 file is written; left out: 0 that are no data, 1 link'] });
});
