import * as crypto from 'node:crypto';
import * as stream from 'node:stream';
import * as zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readManifest } from '../../../../core/submission/planning/readManifest.ts';
import { codecsFromNode } from '../../../../core/submission/storage/codecsFromNode.ts';

const codecs = codecsFromNode({ crypto, stream, zlib });
const line = (object: string, path: string, extra: object = {}) =>
  JSON.stringify({ path, size: 10, sha256: 'a'.repeat(64), object, kind: 'dicom', ...extra });

const summaryOf = (text: string, files: number) => {
  const bytes = Buffer.from(text);
  return {
    sha256: crypto.createHash('sha256').update(bytes).digest('hex'),
    sizeBytes: bytes.length,
    files,
    bytes: files * 10,
  };
};
async function* inChunks(text: string, size = 7) {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

describe('a manifest', () => {
  test('is read as groups of numbered lines, whatever the chunks', async () => {
    const text = [line('pack-000001', 'a/ä.dcm'), line('pack-000001', 'b'), line('file-000002', 'c')].join('\n');
    const objects = await readManifest(inChunks(text), summaryOf(text, 3), codecs);
    expect([...objects].map(([object, lines]) => [object, lines.map(({ file, path }) => [file, path])])).toEqual([
      [
        'pack-000001',
        [
          [0, 'a/ä.dcm'],
          [1, 'b'],
        ],
      ],
      ['file-000002', [[2, 'c']]],
    ]);
  });

  test.each([
    { text: '{"path":', code: 'ManifestInvalid', why: 'a line is no JSON' },
    { text: line('../x', 'a'), code: 'ManifestInvalid', why: 'an object id is no id' },
    { text: line('pack-000001', 'a', { size: -1 }), code: 'ManifestInvalid', why: 'a size is negative' },
    {
      text: [line('pack-000001', 'a'), line('pack-000002', 'b'), line('pack-000001', 'c')].join('\n'),
      code: 'ManifestInvalid',
      why: 'lines of one object stand apart',
    },
  ])('is refused with $code when $why', async ({ text, code }) => {
    const refusal = readManifest(inChunks(text), summaryOf(text, text.split('\n').length), codecs);
    await expect(refusal).rejects.toThrow(expect.objectContaining({ name: code }));
    await expect(refusal).rejects.not.toThrow(/"path"|\.\.\/x/);
  });

  test.each([
    { change: { sha256: 'b'.repeat(64) }, why: 'its digest' },
    { change: { files: 2 }, why: 'the number of files' },
    { change: { bytes: 11 }, why: 'the sum of the sizes' },
    { change: { sizeBytes: 1 }, why: 'its own size' },
  ])('is refused with ManifestMismatch when $why differs from the announcement', async ({ change }) => {
    const text = line('pack-000001', 'a');
    const refusal = readManifest(inChunks(text), { ...summaryOf(text, 1), ...change }, codecs);
    await expect(refusal).rejects.toThrow(expect.objectContaining({ name: 'ManifestMismatch' }));
  });
});
