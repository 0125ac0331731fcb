import * as fc from 'fast-check';
import { packLayout } from '../../../core/pack/packLayout.ts';
import { type PackEntry, readPackDirectory } from '../../../core/pack/readPackDirectory.ts';
import { writePack } from '../../../core/pack/writePack.ts';
import type { PlannedFile } from '../../../core/submission/contracts/steps.ts';
import type { ByteRange } from '../../../core/submission/ports.ts';
import { codecs, collect, concat, sha256, streamOf } from './streams.ts';

export interface SampleFile {
  name: string;
  body: Uint8Array;
}

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => !text.endsWith('/') && !text.includes('\0') && text.isWellFormed());

/** Any set of files with distinct names: Unicode, dots, slashes; small bodies and some longer than a deflate block. */
export const files: fc.Arbitrary<SampleFile[]> = fc.uniqueArray(
  fc.record({
    name,
    body: fc.oneof(
      { weight: 6, arbitrary: fc.uint8Array({ maxLength: 300 }) },
      {
        weight: 1,
        arbitrary: fc.integer({ min: 65_000, max: 140_000 }).map((size) => new Uint8Array(size).fill(size % 251)),
      },
    ),
  }),
  { maxLength: 12, selector: (file) => file.name },
);

export const layoutOf = (sample: readonly SampleFile[]) =>
  packLayout(sample.map(({ name, body }) => ({ name, sizeBytes: body.length, crc32: codecs.crc32(body) })));

/** A range of a layout, made from the files it stands for. */
export function rangeOfLayout(sample: readonly SampleFile[], range: ByteRange): Uint8Array {
  const pieces = layoutOf(sample)
    .segments(range)
    .map((segment) =>
      'bytes' in segment
        ? segment.bytes
        : (sample[segment.file]?.body.subarray(segment.range.start, segment.range.end) ?? new Uint8Array(0)),
    );
  return concat(pieces);
}

export const storedPack = (sample: readonly SampleFile[]) =>
  rangeOfLayout(sample, { start: 0, end: layoutOf(sample).sizeBytes });

export async function* streamed(sample: readonly SampleFile[], chunkBytes = 1000) {
  for (const { name, body } of sample) yield { name, body: streamOf(body, chunkBytes) };
}

export const writtenPack = (sample: readonly SampleFile[], chunkBytes?: number) =>
  collect(writePack(streamed(sample, chunkBytes), codecs));

export const rangesOf = (pack: Uint8Array) => async (range: ByteRange) => pack.slice(range.start, range.end);

export const directoryOf = (pack: Uint8Array) => readPackDirectory(rangesOf(pack), pack.length);

export const planned = (entries: readonly PackEntry[]): PlannedFile[] =>
  entries.map(({ offset, storedBytes, sizeBytes, method }, file) => ({
    file,
    offset,
    storedBytes,
    sizeBytes,
    method,
    sha256: sha256(new Uint8Array(0)),
  }));
