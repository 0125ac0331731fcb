import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../core/policy/limits.ts';
import { inspectFile } from '../../../core/upload/inspectFile.ts';
import { isJunkFile } from '../../../core/upload/isJunkFile.ts';
import { summarizeFiles } from '../../../core/upload/summarizeFiles.ts';
import { withoutRoot } from '../../../core/upload/withoutRoot.ts';
import { dicomSlice } from '../../browser/dicomSlice.ts';
import { codecs } from '../pack/streams.ts';

const slice = (instance: number, patient = 'P1') =>
  new Uint8Array(dicomSlice({ patient, study: '1.2.3', series: '1.2.3.4', instance }));
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const inspect = (bytes: Uint8Array<ArrayBuffer>, sizeBytes = bytes.length) =>
  inspectFile(
    { readFile: async (_, { start, end }) => bytes.slice(start, end), codecs, digestBytes: async (all) => sha256(all) },
    { path: 'a/b', sizeBytes },
  );

describe('inspectFile', () => {
  test('finds digests, kind and what orders a slice in one reading', async () => {
    const bytes = slice(7);
    expect(await inspect(bytes)).toEqual({
      file: {
        path: 'a/b',
        sizeBytes: bytes.length,
        sha256: sha256(bytes),
        crc32: crc32(bytes),
        kind: 'dicom',
        order: { study: '1.2.3', series: '1.2.3.4', instance: '7' },
      },
      patient: 'P1',
      broken: undefined,
    });
  });

  test('finds the same in a file that is too large to hold', async () => {
    const bytes = new Uint8Array(limits.packFileMaxBytes + 10);
    bytes.set(slice(1));
    const { file } = await inspect(bytes);
    expect(file).toMatchObject({ sha256: sha256(bytes), crc32: crc32(bytes), kind: 'dicom' });
  });

  test('takes what is not DICOM for other data', async () => {
    const { file, broken } = await inspect(new TextEncoder().encode('The patient moved'));
    expect([file.kind, broken]).toEqual(['other', undefined]);
  });

  test('tells before a byte leaves what the pipeline would refuse', async () => {
    expect((await inspect(slice(1).slice(0, 400))).broken).toBe('DicomTruncated');
  });

  test('refuses a file that is shorter than it was listed', async () => {
    await expect(inspect(slice(1), 100_000)).rejects.toMatchObject({ name: 'ManifestMismatch' });
  });
});

test('summarizeFiles counts patients, studies and series, and returns no patient', async () => {
  const inspected = await Promise.all([
    inspect(slice(1)),
    inspect(slice(2)),
    inspect(slice(1, 'P2')),
    inspect(new Uint8Array(3)),
  ]);
  const summary = summarizeFiles(inspected);
  expect(summary).toMatchObject({ files: 4, dicom: 3, patients: 2, studies: 1, series: 1, broken: [], unnamed: 0 });
  expect(JSON.stringify(summary)).not.toContain('P2');
});

test.each([
  { path: '.DS_Store', junk: true, why: 'Finder leaves it' },
  { path: 'study/__MACOSX/a.dcm', junk: true, why: 'an archiver leaves it' },
  { path: 'study/Thumbs.db', junk: true, why: 'Windows leaves it' },
  { path: 'DICOMDIR', junk: true, why: 'it lists names' },
  { path: 'study/IM0001', junk: false, why: 'scanners name slices so' },
  { path: 'study/a.dcm', junk: false, why: 'it is data' },
])('isJunkFile says $junk of $path: $why', ({ path, junk }) => {
  expect(isJunkFile(path)).toBe(junk);
});

test.each([
  { paths: ['doe/a', 'doe/s/b'], kept: ['a', 's/b'], why: 'one folder is above all' },
  { paths: ['doe/a', 'roe/b'], kept: ['doe/a', 'roe/b'], why: 'there are two folders' },
  { paths: ['doe/a', 'b'], kept: ['doe/a', 'b'], why: 'a file lies beside the folder' },
  { paths: [], kept: [], why: 'there are none' },
])('withoutRoot gives $kept when $why', ({ paths, kept }) => {
  expect(withoutRoot(paths.map((path) => ({ path }))).map(({ path }) => path)).toEqual(kept);
});
