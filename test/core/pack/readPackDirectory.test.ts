import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPackDirectory } from '../../../core/pack/readPackDirectory.ts';
import { limits } from '../../../core/policy/limits.ts';
import { directoryOf, files, rangesOf, storedPack, writtenPack } from './packs.ts';
import { concat } from './streams.ts';

const sample = [
  { name: 'a/1.dcm', body: new Uint8Array(10).fill(1) },
  { name: 'a/2.dcm', body: new Uint8Array(20).fill(2) },
];
const pack = storedPack(sample);
const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const endAt = pack.length - 22;
const directoryAt = view(pack).getUint32(endAt + 16, true);
const secondEntryAt = directoryAt + 46 + 'a/1.dcm'.length;

/** The pack with some 16 or 32 bit numbers replaced. */
function altered(...changes: [at: number, width: 2 | 4, value: number][]): Uint8Array {
  const bytes = pack.slice();
  for (const [at, width, value] of changes) {
    if (width === 2) view(bytes).setUint16(at, value, true);
    else view(bytes).setUint32(at, value, true);
  }
  return bytes;
}

describe('readPackDirectory', () => {
  test('lists the files of a pack in the order of their bytes', async () => {
    expect(await directoryOf(pack)).toEqual([
      expect.objectContaining({ name: 'a/1.dcm', offset: 0, storedBytes: 10, sizeBytes: 10, method: 'store' }),
      expect.objectContaining({ name: 'a/2.dcm', offset: 47, storedBytes: 20, sizeBytes: 20, method: 'store' }),
    ]);
  });

  test('leaves directories out', async () => {
    const made = storedPack([{ name: 'a/', body: new Uint8Array(0) }, ...sample]);
    expect((await directoryOf(made)).map(({ name }) => name)).toEqual(['a/1.dcm', 'a/2.dcm']);
  });

  test('gives names that point elsewhere as mere strings', async () => {
    const names = ['../../etc/passwd', '/absolute', 'C:\\evil', '..'];
    const made = storedPack(names.map((name) => ({ name, body: new Uint8Array(1) })));
    expect((await directoryOf(made)).map(({ name }) => name)).toEqual(names);
  });

  test('reads a pack behind a comment that holds a false end record', async () => {
    const comment = pack.slice(endAt);
    const made = concat([altered([endAt + 20, 2, comment.length + 3]), comment, new Uint8Array(3)]);
    expect(await directoryOf(made)).toHaveLength(2);
  });

  test('reads a pack of no files', async () => {
    expect(await directoryOf(storedPack([]))).toEqual([]);
  });

  test('reads only the tail and the directory', async () => {
    const made = storedPack([{ name: 'large', body: new Uint8Array(2_000_000) }]);
    let readBytes = 0;
    const entries = await readPackDirectory(async ({ start, end }) => {
      readBytes += end - start;
      return made.slice(start, end);
    }, made.length);
    expect(entries).toHaveLength(1);
    expect(readBytes).toBeLessThan(limits.packTailBytes + 100);
  });

  test.each([
    { why: 'it is empty', bytes: new Uint8Array(0) },
    { why: 'it is no ZIP', bytes: new Uint8Array(5000).fill(0x50) },
    { why: 'it is cut', bytes: pack.slice(0, pack.length - 1) },
    { why: 'bytes follow its end', bytes: concat([pack, new Uint8Array(1)]) },
    { why: 'bytes precede it', bytes: concat([new Uint8Array(8), pack]) },
    { why: 'it is one of several volumes', bytes: altered([endAt + 4, 2, 1]) },
    { why: 'its directory is misplaced', bytes: altered([endAt + 16, 4, directoryAt - 1]) },
    { why: 'its directory is longer than the file', bytes: altered([endAt + 12, 4, 0xfffffff0]) },
    { why: 'its Zip64 record is missing', bytes: altered([endAt + 10, 2, 0xffff]) },
    { why: 'it tells too few entries', bytes: altered([endAt + 10, 2, 1]) },
    { why: 'it tells too many entries', bytes: altered([endAt + 10, 2, 3]) },
    { why: 'an entry has no signature', bytes: altered([secondEntryAt, 4, 0]) },
    { why: 'an entry is encrypted', bytes: altered([secondEntryAt + 8, 2, 1]) },
    { why: 'an entry is strongly encrypted', bytes: altered([secondEntryAt + 8, 2, 64]) },
    { why: 'an entry is compressed by deflate64', bytes: altered([secondEntryAt + 10, 2, 9]) },
    { why: 'an entry lies in another volume', bytes: altered([secondEntryAt + 34, 2, 1]) },
    { why: 'a name runs over the directory', bytes: altered([secondEntryAt + 28, 2, 0xfff0]) },
    { why: 'a stored entry has two sizes', bytes: altered([secondEntryAt + 20, 4, 19]) },
    {
      why: 'an entry is larger than deflate can make it',
      bytes: altered([secondEntryAt + 10, 2, 8], [secondEntryAt + 24, 4, 20 * 1032 + 1]),
    },
    { why: 'an entry needs a Zip64 field that is not there', bytes: altered([secondEntryAt + 42, 4, 0xffffffff]) },
    { why: 'two entries share bytes', bytes: altered([secondEntryAt + 42, 4, 40]) },
    { why: 'two entries are one', bytes: altered([secondEntryAt + 42, 4, 0]) },
    { why: 'an entry runs into the directory', bytes: altered([secondEntryAt + 42, 4, 50]) },
    {
      why: 'two entries have one name',
      bytes: storedPack([sample[0], sample[0]].flatMap((file) => (file === undefined ? [] : [file]))),
    },
  ])('refuses a pack when $why', async ({ bytes }) => {
    await expect(directoryOf(bytes)).rejects.toMatchObject({
      name: 'PackInvalid',
      message: expect.not.stringMatching(/dcm|a\//),
    });
  });

  test.each([
    { why: 'entries', change: (end: DataView) => end.setBigUint64(32, BigInt(limits.packEntries + 1), true) },
    {
      why: 'directory bytes',
      change: (end: DataView) => end.setBigUint64(40, BigInt(limits.packDirectoryBytes + 1), true),
    },
    { why: 'bytes than a number can count', change: (end: DataView) => end.setBigUint64(48, 2n ** 60n, true) },
  ])('refuses a Zip64 record that tells more $why', async ({ change }) => {
    const record = new Uint8Array(56);
    view(record).setUint32(0, 0x06064b50, true);
    view(record).setBigUint64(4, 44n, true);
    change(view(record));
    const locator = new Uint8Array(20);
    view(locator).setUint32(0, 0x07064b50, true);
    const end = new Uint8Array(22).fill(0xff);
    view(end).setUint32(0, 0x06054b50, true);
    view(end).setUint16(20, 0, true);
    await expect(directoryOf(concat([record, locator, end]))).rejects.toMatchObject({ name: 'PackInvalid' });
  });

  test('refuses a reader that answers fewer bytes than asked for', async () => {
    const read = async () => new Uint8Array(3);
    await expect(readPackDirectory(read, pack.length)).rejects.toMatchObject({ name: 'PackInvalid' });
  });

  test('answers or refuses, whatever bytes are altered', async () => {
    const mutations = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(files, fc.boolean(), mutations, async (some, written, changes) => {
        const bytes = written ? await writtenPack(some) : storedPack(some);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        await readPackDirectory(rangesOf(bytes), bytes.length).catch((error: unknown) => {
          expect(error).toMatchObject({ name: 'PackInvalid' });
        });
      }),
      { numRuns: 300 },
    );
  });
});
