import { readdir, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { explicitLittle, pixels, withIdentity, writeElements, writeFile } from '../../fixtures/writeDicom.ts';
import { airlock, folderOf, zipOf } from './cliRun.ts';

let folder: string;
afterEach(() => rm(folder, { recursive: true }));

const key = 'ab'.repeat(32);
const deid = (input: string) => airlock(['deid', input, '--key-file', 'key', '--out', 'out'], { cwd: folder });

/** Files of this process that are open, as Linux lists them. */
const openPaths = async () =>
  Promise.all(
    (await readdir('/proc/self/fd')).map((name) => readlink(`/proc/self/fd/${name}`).catch(() => 'closed by now')),
  );

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
    err: ['file 0 is not written: ResidualIdentifier', '0 of 1 file is written'],
  });
  expect(await openPaths()).not.toContain(join(folder, 'in.zip'));
});
