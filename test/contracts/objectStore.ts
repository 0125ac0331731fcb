import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../../core/policy/limits.ts';
import type { Bytes, ObjectStore } from '../../core/submission/ports.ts';

const PART = limits.streamPartBytes;

/** Everything that the ObjectStore port promises, on an empty bucket. */
export function objectStoreContract(
  name: string,
  start: () => Promise<{ store: ObjectStore; close(): Promise<void> | void }>,
) {
  describe(`the object store on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof start>>;
    let store: ObjectStore;
    beforeAll(async () => {
      opened = await start();
      store = opened.store;
    });
    afterAll(() => opened.close());
    const readAll = async (...question: Parameters<ObjectStore['read']>) =>
      Buffer.concat(await Array.fromAsync(store.read(...question)));

    test('gives back what was written, with its size and SHA-256', async () => {
      const body = Buffer.from('{"findings":[]}');
      expect(await store.write('a/one.json', body)).toBe(true);
      expect(await readAll('a/one.json')).toEqual(body);
      expect(await store.head('a/one.json')).toMatchObject({ sizeBytes: body.length, checksumSha256: sha256(body) });
    });

    test('knows no object that was never written', async () => {
      expect(await store.head('a/none')).toBeUndefined();
      await expect(readAll('a/none')).rejects.toMatchObject({ name: 'ObjectMissing' });
    });

    test('does not touch the object before the first chunk is asked for', async () => {
      const bytes = store.read('a/later');
      await store.write('a/later', Buffer.from('came later'));
      expect(Buffer.concat(await Array.fromAsync(bytes)).toString()).toBe('came later');
    });

    test('refuses a version that is not there', async () => {
      await store.write('a/version', Buffer.from('x'));
      await expect(readAll('a/version', { versionId: 'f'.repeat(32) })).rejects.toMatchObject({
        name: 'ObjectMissing',
      });
    });

    test('keeps a version readable after the object is overwritten', async () => {
      await store.write('a/pinned', Buffer.from('first'));
      const first = await store.head('a/pinned');
      await store.write('a/pinned', Buffer.from('second one'));
      expect((await readAll('a/pinned', { versionId: first?.versionId ?? '' })).toString()).toBe('first');
      expect((await readAll('a/pinned')).toString()).toBe('second one');
    });

    test('writes once under ifAbsent and says whether it did', async () => {
      expect(await store.write('a/once', Buffer.from('mine'), { ifAbsent: true })).toBe(true);
      expect(await store.write('a/once', Buffer.from('yours'), { ifAbsent: true })).toBe(false);
      expect((await readAll('a/once')).toString()).toBe('mine');
    });

    test('lets one of many concurrent writers win under ifAbsent', async () => {
      const writers = Array.from({ length: 8 }, (_, index) =>
        store.write('a/race', Buffer.from(`writer ${index}`), { ifAbsent: true }),
      );
      const won = await Promise.all(writers);
      expect(won.filter((written) => written)).toHaveLength(1);
      expect((await readAll('a/race')).toString()).toBe(`writer ${won.indexOf(true)}`);
    });

    test.each([
      { range: { start: 0, end: 4 }, expected: '0123', why: 'the start' },
      { range: { start: 3, end: 4 }, expected: '3', why: 'one byte' },
      { range: { start: 6, end: 10 }, expected: '6789', why: 'the end' },
      { range: { start: 8, end: 99 }, expected: '89', why: 'a range beyond the end stops there' },
      { range: { start: 10, end: 20 }, expected: '', why: 'a range that starts at the end is empty' },
      { range: { start: 5, end: 5 }, expected: '', why: 'an empty range is empty' },
    ])('reads a range: $why', async ({ range, expected }) => {
      await store.write('a/range', Buffer.from('0123456789'));
      expect((await readAll('a/range', { range })).toString()).toBe(expected);
    });

    test.each([
      { sizeBytes: 0, parts: 1, why: 'nothing' },
      { sizeBytes: 1, parts: 1, why: 'one byte' },
      { sizeBytes: PART, parts: 1, why: 'exactly one part' },
      { sizeBytes: PART + 1, parts: 2, why: 'one byte more than a part' },
      { sizeBytes: 5 * PART + 12_345, parts: 6, why: 'many parts' },
    ])('streams $why in with its digest', async ({ sizeBytes, parts }) => {
      const bytes = patterned(sizeBytes);
      const stored = await store.writeStream('b/stream', inChunks(bytes, 700_001));
      expect(stored).toMatchObject({ sizeBytes, checksumSha256: digestInParts(bytes, parts) });
      expect(await store.head('b/stream')).toEqual(stored);
      expect(sha256(await readAll('b/stream'))).toBe(sha256(bytes));
    });

    test('reads a range across the parts of a streamed object', async () => {
      const bytes = patterned(PART + 1000);
      await store.writeStream('b/parts', inChunks(bytes, PART));
      const range = { start: PART - 500, end: PART + 500 };
      expect(sha256(await readAll('b/parts', { range }))).toBe(sha256(bytes.subarray(range.start, range.end)));
    });

    test.each([
      { sizeBytes: 1000, why: 'within the first part' },
      { sizeBytes: PART + 1000, why: 'within the second part' },
    ])('leaves the old object when a streamed body fails $why', async ({ sizeBytes }) => {
      await store.write('b/broken', Buffer.from('as it was'));
      await expect(store.writeStream('b/broken', failing(sizeBytes))).rejects.toThrow('the source broke');
      expect((await readAll('b/broken')).toString()).toBe('as it was');
    });

    test('stops reading when its consumer does', async () => {
      await store.writeStream('b/early', inChunks(patterned(PART), PART));
      for await (const chunk of store.read('b/early')) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      expect((await store.head('b/early'))?.sizeBytes).toBe(PART);
    });

    test('lists the keys under a prefix in the order of their bytes', async () => {
      for (const key of ['c/b', 'c/a/2', 'c/a/10', 'c/é', 'cc/other']) await store.write(key, Buffer.from('x'));
      await store.write('c/b', Buffer.from('again'));
      expect(await Array.fromAsync(store.list('c/'))).toEqual(['c/a/10', 'c/a/2', 'c/b', 'c/é']);
      expect(await Array.fromAsync(store.list('nothing/'))).toEqual([]);
    });

    test('lists and removes more than one page', async () => {
      const keys = Array.from({ length: 1005 }, (_, index) => `d/${String(index).padStart(5, '0')}`);
      for (let start = 0; start < keys.length; start += 50) {
        await Promise.all(keys.slice(start, start + 50).map((key) => store.write(key, Buffer.from('x'))));
      }
      expect(await Array.fromAsync(store.list('d/'))).toEqual(keys);
      await store.removeAll('d/');
      expect(await Array.fromAsync(store.list('d/'))).toEqual([]);
    });

    test('removes every version under a prefix and nothing beside it', async () => {
      await store.write('e/gone', Buffer.from('first'));
      const first = await store.head('e/gone');
      await store.write('e/gone', Buffer.from('second'));
      await store.write('e2/stays', Buffer.from('stays'));
      await store.removeAll('e/');
      expect(await store.head('e/gone')).toBeUndefined();
      await expect(readAll('e/gone', { versionId: first?.versionId ?? '' })).rejects.toMatchObject({
        name: 'ObjectMissing',
      });
      expect((await readAll('e2/stays')).toString()).toBe('stays');
      await store.removeAll('e/');
    });
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}

function digestInParts(bytes: Uint8Array, parts: number): string {
  if (parts === 1) return sha256(bytes);
  const digests = Array.from({ length: parts }, (_, index) =>
    Buffer.from(sha256(bytes.subarray(index * PART, (index + 1) * PART)), 'base64'),
  );
  return `${sha256(Buffer.concat(digests))}-${parts}`;
}

function patterned(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  for (let offset = 0; offset + 4 <= sizeBytes; offset += 4096) bytes.writeUInt32LE(offset, offset);
  return bytes;
}

async function* inChunks(bytes: Uint8Array, chunkBytes: number): Bytes {
  for (let start = 0; start < bytes.length; start += chunkBytes) yield bytes.subarray(start, start + chunkBytes);
}

async function* failing(sizeBytes: number): Bytes {
  yield* inChunks(patterned(sizeBytes), 100_000);
  throw new Error('the source broke');
}
