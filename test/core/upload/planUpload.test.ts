import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../core/policy/limits.ts';
import { ManifestLine } from '../../../core/submission/contracts/Manifest.ts';
import { type LocalFile, planUpload } from '../../../core/upload/planUpload.ts';
import { partSizeOf } from '../../../core/upload/readParts.ts';
import { directoryOf } from '../pack/packs.ts';
import { codecs, concat } from '../pack/streams.ts';

const file = (path: string, sizeBytes = 10, rest: Partial<LocalFile> = {}): LocalFile => ({
  path,
  sizeBytes,
  sha256: 'a'.repeat(64),
  crc32: 1,
  kind: 'dicom',
  ...rest,
});

const linesOf = (files: LocalFile[]) =>
  new TextDecoder()
    .decode(planUpload(files, codecs).manifest.bytes)
    .trimEnd()
    .split('\n')
    .map((line) => ManifestLine.parse(JSON.parse(line)));

describe('planUpload', () => {
  test('orders DICOM by study, series and instance number, then the rest by path', () => {
    const files = [
      file('b', 1, { kind: 'other' }),
      file('a', 1, { kind: 'other' }),
      file('z10', 1, { order: { study: '1', series: '2', instance: '10' } }),
      file('z9', 1, { order: { study: '1', series: '2', instance: '9' } }),
      file('z1', 1, { order: { study: '1', series: '1', instance: '11' } }),
    ];
    expect(linesOf(files).map(({ path }) => path)).toEqual(['z1', 'z9', 'z10', 'a', 'b']);
  });

  test('packs small files to the target and lets large ones travel alone', () => {
    const half = limits.packTargetBytes / 2;
    const lines = linesOf([file('a', half), file('b', limits.packFileMaxBytes + 1), file('c', half), file('d', 1)]);
    expect(lines.map(({ path, object }) => [path, object])).toEqual([
      ['a', 'pack-000001'],
      ['c', 'pack-000001'],
      ['d', 'pack-000002'],
      ['b', 'file-000001'],
    ]);
  });

  test('names a file in the manifest as in the pack, also when its name is no Unicode', async () => {
    const files = [file('a\ud800b', 0)];
    const [pack] = planUpload(files, codecs).objects;
    const segments = pack?.layout.segments({ start: 0, end: pack.layout.sizeBytes }) ?? [];
    const bytes = concat(segments.flatMap((segment) => ('bytes' in segment ? [segment.bytes] : [])));
    expect(await directoryOf(bytes)).toEqual([expect.objectContaining({ name: linesOf(files)[0]?.path })]);
  });

  test('numbers files as the manifest does', () => {
    const { objects } = planUpload([file('a'), file('b'), file('c', limits.packFileMaxBytes + 1)], codecs);
    expect(objects.map(({ object, firstFile }) => [object, firstFile])).toEqual([
      ['pack-000001', 0],
      ['file-000001', 2],
    ]);
  });

  test('gives one plan for one set of files, with each object in one run of lines', () => {
    const some = fc.uniqueArray(fc.record({ path: fc.string({ minLength: 1 }), size: fc.nat(100 * 2 ** 20) }), {
      minLength: 1,
      maxLength: 30,
      selector: ({ path }) => path,
    });
    fc.assert(
      fc.property(some, (set) => {
        const files = set.map(({ path, size }) => file(path, size));
        const { manifest } = planUpload(files, codecs);
        expect(manifest.summary.bytes).toBe(set.reduce((sum, { size }) => sum + size, 0));
        expect(manifest).toEqual(planUpload(files.toReversed(), codecs).manifest);
        const runs = linesOf(files)
          .map(({ object }) => object)
          .filter((object, at, all) => object !== all[at - 1]);
        expect(new Set(runs).size).toBe(runs.length);
      }),
    );
  });

  test.each([
    { code: 'ManifestInvalid', why: 'there are no files', files: [] },
    { code: 'ManifestInvalid', why: 'one path is there twice', files: [file('a'), file('a')] },
    { code: 'LimitExceeded', why: 'a file is too large', files: [file('a', limits.objectMaxBytes + 1)] },
    { code: 'LimitExceeded', why: 'a path is too long', files: [file('a'.repeat(limits.pathLength + 1))] },
    {
      code: 'LimitExceeded',
      why: 'there are too many objects',
      files: Array.from({ length: limits.objectsPerSubmission + 1 }, (_, at) => file(`${at}`, limits.packFileMaxBytes)),
    },
    {
      code: 'LimitExceeded',
      why: 'there are too many files',
      files: Array.from({ length: limits.manifestFiles + 1 }, (_, at) => file(`${at}`)),
    },
  ])('refuses with $code when $why', ({ code, files }) => {
    expect(() => planUpload(files, codecs)).toThrow(expect.objectContaining({ name: code }));
  });
});

describe('partSizeOf', () => {
  test.each([
    { objectBytes: 1, partBytes: limits.partDefaultBytes },
    { objectBytes: limits.partDefaultBytes * limits.partsPerObject, partBytes: limits.partDefaultBytes },
    { objectBytes: limits.partDefaultBytes * limits.partsPerObject + 1, partBytes: limits.partDefaultBytes + 2 ** 20 },
    { objectBytes: limits.objectMaxBytes, partBytes: 64 * 2 ** 20 },
  ])('gives $partBytes for an object of $objectBytes bytes', ({ objectBytes, partBytes }) => {
    expect(partSizeOf(objectBytes)).toBe(partBytes);
    expect(objectBytes / partBytes).toBeLessThanOrEqual(limits.partsPerObject);
  });
});
