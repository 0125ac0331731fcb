import zlib from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPackedFiles } from '../../../core/pack/readPackedFiles.ts';
import { centralHeader, endRecords, localHeader, type ZipMember } from '../../../core/pack/zipRecords.ts';
import { limits } from '../../../core/policy/limits.ts';
import type { PlannedFile } from '../../../core/submission/contracts/steps.ts';
import { directoryOf, files, planned, type SampleFile, storedPack, writtenPack } from './packs.ts';
import { codecs, collect, concat, streamOf } from './streams.ts';

/** A compressed pack, as people make them by hand. */
function deflatedPack(sample: readonly SampleFile[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  const members: ZipMember[] = [];
  let offset = 0;
  for (const { name, body } of sample) {
    const data = zlib.deflateRawSync(body);
    const member: ZipMember = {
      name: new TextEncoder().encode(name),
      method: 'deflate',
      crc32: codecs.crc32(body),
      storedBytes: data.length,
      sizeBytes: body.length,
      offset,
      described: false,
    };
    members.push(member);
    pieces.push(localHeader(member), data);
    offset += localHeader(member).length + data.length;
  }
  const directory = concat(members.map(centralHeader));
  return concat([...pieces, directory, endRecords({ entries: members.length, offset, sizeBytes: directory.length })]);
}

type Outcome = { file: number; body: Uint8Array } | { file: number; code: string };

async function walk(body: AsyncIterable<Uint8Array>, plan: readonly PlannedFile[], start = 0): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const member of readPackedFiles(body, plan, start, codecs)) {
    const { file } = member.planned;
    outcomes.push(
      await collect(member.body).then(
        (bytes) => ({ file, body: bytes }),
        (error: Error) => ({ file, code: error.name }),
      ),
    );
  }
  return outcomes;
}

const sample = [1, 2, 3, 4].map((value) => ({ name: `${value}`, body: new Uint8Array(50_000).fill(value) }));
const everyKind = [
  { kind: 'stored', make: async (some: SampleFile[]) => storedPack(some) },
  { kind: 'streamed', make: (some: SampleFile[]) => writtenPack(some) },
  { kind: 'deflated', make: async (some: SampleFile[]) => deflatedPack(some) },
];

describe('readPackedFiles', () => {
  test.each(everyKind)('reads back any files of a $kind pack, however the stream is cut', async ({ make }) => {
    await fc.assert(
      fc.asyncProperty(files, fc.integer({ min: 1, max: 5000 }), async (some, chunkBytes) => {
        const pack = await make(some);
        const entries = await directoryOf(pack);
        const outcomes = await walk(streamOf(pack, Math.max(chunkBytes, pack.length >> 10)), planned(entries));
        const read = outcomes.map((outcome, index) => [entries[index]?.name, 'body' in outcome && outcome.body]);
        expect(read).toEqual(some.map(({ name, body }) => [name, body]));
        expect(entries.map(({ crc32 }) => crc32)).toEqual(some.map(({ body }) => codecs.crc32(body)));
      }),
      { numRuns: 60 },
    );
  });

  test.each(everyKind)('starts in the middle of a $kind pack and skips what is not planned', async ({ make }) => {
    const pack = await make(sample);
    const plan = planned(await directoryOf(pack)).filter(({ file }) => file === 1 || file === 3);
    const start = plan[0]?.offset ?? 0;
    expect(await walk(streamOf(pack.subarray(start)), plan, start)).toEqual([
      { file: 1, body: sample[1]?.body },
      { file: 3, body: sample[3]?.body },
    ]);
  });

  test.each(everyKind)('goes on with the next file of a $kind pack when a body is left early', async ({ make }) => {
    const pack = await make(sample);
    const seen: number[] = [];
    for await (const { planned: file, body } of readPackedFiles(
      streamOf(pack, 100),
      planned(await directoryOf(pack)),
      0,
      codecs,
    )) {
      if (file.file === 1) continue;
      for await (const chunk of body) {
        seen.push(chunk[0] ?? -1);
        break;
      }
    }
    expect(seen).toEqual([1, 3, 4]);
  });

  test('leaves out files that the pack lacks', async () => {
    const pack = storedPack(sample);
    const plan = planned(await directoryOf(pack)).map((file) =>
      file.file === 0 ? { ...file, offset: undefined } : file,
    );
    expect((await walk(streamOf(pack), plan)).map(({ file }) => file)).toEqual([1, 2, 3]);
  });

  test('closes the stream when the walk is left', async () => {
    let closed = false;
    async function* source() {
      try {
        yield* streamOf(pack, 10);
      } finally {
        closed = true;
      }
    }
    const pack = storedPack(sample);
    for await (const { body } of readPackedFiles(source(), planned(await directoryOf(pack)), 0, codecs)) {
      await body[Symbol.asyncIterator]().next();
      break;
    }
    expect(closed).toBe(true);
  });

  test.each([
    { why: 'its local header is gone', at: 0, value: 0 },
    { why: 'it is encrypted', at: 6, value: 1 },
    { why: 'its headers differ in method', at: 8, value: 12 },
    { why: 'its name runs over the next file', at: 27, value: 255 },
    { why: 'its compressed data is broken', at: 31, value: 7 },
  ])('refuses one file when $why and reads the others', async ({ at, value }) => {
    const pack = deflatedPack(sample);
    const plan = planned(await directoryOf(pack));
    pack[(plan[1]?.offset ?? 0) + at] = value;
    expect(await walk(streamOf(pack), plan)).toEqual([
      { file: 0, body: sample[0]?.body },
      { file: 1, code: 'PackInvalid' },
      { file: 2, body: sample[2]?.body },
      { file: 3, body: sample[3]?.body },
    ]);
  });

  test.each([
    { why: 'more', sizeBytes: 49_999 },
    { why: 'less', sizeBytes: 50_001 },
  ])('refuses a file that inflates to $why than planned', async ({ sizeBytes }) => {
    const pack = deflatedPack(sample);
    const plan = planned(await directoryOf(pack)).map((file) => (file.file === 2 ? { ...file, sizeBytes } : file));
    const outcomes = await walk(streamOf(pack), plan);
    expect(outcomes[2]).toEqual({ file: 2, code: 'PackInvalid' });
    expect(outcomes[3]).toEqual({ file: 3, body: sample[3]?.body });
  });

  test('stops inflating a bomb at the planned size', async () => {
    const pack = deflatedPack([{ name: 'bomb', body: new Uint8Array(20_000_000) }]);
    const plan = planned(await directoryOf(pack)).map((file) => ({ ...file, sizeBytes: 1000 }));
    let received = 0;
    for await (const { body } of readPackedFiles(streamOf(pack), plan, 0, codecs)) {
      const drained = async () => {
        for await (const chunk of body) received += chunk.length;
      };
      await expect(drained()).rejects.toMatchObject({ name: 'PackInvalid' });
    }
    expect(received).toBeLessThanOrEqual(1000);
  });

  test.each([
    {
      why: 'more than a GiB and 200 times its data',
      over: 1,
      times: 0,
      says: /^PackInvalid .* would inflate to more than/,
    },
    { why: 'no more than a GiB', over: 0, times: 0, says: /^PackInvalid .* has 2000000 bytes/ },
    {
      why: 'no more than 200 times its data',
      over: 1,
      times: limits.dicomInflateRatio,
      says: /^PackInvalid .* stream ends/,
    },
  ])('looks at a file that is said to inflate to $why', async ({ over, times, says }) => {
    const pack = deflatedPack([{ name: 'bomb', body: new Uint8Array(2_000_000) }]);
    const sizeBytes = limits.packInflateBytes + over;
    const plan = planned(await directoryOf(pack)).map((file) => ({
      ...{ ...file, sizeBytes },
      storedBytes: times === 0 ? file.storedBytes : Math.ceil(sizeBytes / times),
    }));
    const told: string[] = [];
    for await (const { body } of readPackedFiles(streamOf(pack), plan, 0, codecs)) {
      await collect(body).catch((error: Error) => told.push(`${error.name} ${error.message}`));
    }
    expect(told).toEqual([expect.stringMatching(says)]);
  });

  test('refuses the files that a short stream does not reach', async () => {
    const pack = storedPack(sample);
    const plan = planned(await directoryOf(pack));
    expect(await walk(streamOf(pack.subarray(0, 60_000)), plan)).toEqual([
      { file: 0, body: sample[0]?.body },
      ...[1, 2, 3].map((file) => ({ file, code: 'PackInvalid' })),
    ]);
  });

  test('passes a fault of the stream on and ends', async () => {
    const pack = deflatedPack(sample);
    const plan = planned(await directoryOf(pack));
    async function* failing() {
      yield pack.subarray(0, 40);
      throw new RangeError('gone');
    }
    const results: string[] = [];
    const walking = async () => {
      for await (const { body } of readPackedFiles(failing(), plan, 0, codecs)) {
        await collect(body).catch((error: Error) => results.push(error.message));
      }
    };
    await expect(walking()).rejects.toThrow('gone');
    expect(results).toEqual(['gone']);
  });

  test('ends, whatever bytes of the pack are altered', async () => {
    const mutations = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(files, fc.constantFrom(...everyKind), mutations, async (some, { make }, changes) => {
        const pack = await make(some);
        const plan = planned(await directoryOf(pack));
        for (const [at, value] of changes) pack[at % pack.length] = value;
        for (const outcome of await walk(streamOf(pack), plan)) {
          if ('code' in outcome) expect(outcome.code).toBe('PackInvalid');
        }
      }),
      { numRuns: 150 },
    );
  });
});
