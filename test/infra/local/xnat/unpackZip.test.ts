import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { writePack } from '../../../../core/pack/writePack.ts';
import {
  centralHeader,
  dataDescriptor,
  endRecords,
  localHeader,
  type ZipMember,
} from '../../../../core/pack/zipRecords.ts';
import { unpackZip } from '../../../../infra/local/xnat/unpackZip.ts';

async function* inChunks(bytes: Uint8Array, chunkBytes: number) {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

/** What comes out of a ZIP, by name. */
async function unpacked(zip: Uint8Array, chunkBytes = 65_536): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  await unpackZip(inChunks(zip, chunkBytes), async (name, body) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(Buffer.from(chunk));
    files[name] = Buffer.concat(chunks);
  });
  return files;
}

const noise = (length: number) => Buffer.from(Array.from({ length }, (_, index) => (index * 2654435761) >>> 11));

/** A ZIP of one entry whose data is given. */
function zipOf(content: Uint8Array, data: Uint8Array, changes: Partial<ZipMember> = {}): Buffer {
  const member: ZipMember = {
    ...{ name: Buffer.from('a'), crc32: crc32(content), storedBytes: data.length, sizeBytes: content.length },
    ...{ method: 'deflate', offset: 0, described: false },
    ...changes,
  };
  const header = localHeader(member);
  const descriptor = member.described ? dataDescriptor(member) : Buffer.of();
  const central = centralHeader(member);
  const offset = header.length + data.length + descriptor.length;
  return Buffer.concat([
    ...[header, data, descriptor, central],
    endRecords({ entries: 1, offset, sizeBytes: central.length }),
  ]);
}

function storedBlock(content: Uint8Array, isLast: boolean): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt8(isLast ? 1 : 0, 0);
  header.writeUInt16LE(content.length, 1);
  header.writeUInt16LE(content.length ^ 0xffff, 3);
  return Buffer.concat([header, content]);
}

describe('deflate of stored blocks', () => {
  test('comes out of our own packs byte by byte, at every length where a block or a read ends', async () => {
    const lengths = [0, 1, 65_534, 65_535, 65_536, 131_070, 1_048_570, 1_048_576, 1_048_581, 3_000_001];
    const files = async function* () {
      for (const length of lengths) {
        yield {
          name: `${length}`,
          body: (async function* () {
            yield noise(length);
          })(),
        };
      }
    };
    const zip = Buffer.concat(await Array.fromAsync(writePack(files(), { crc32 })));
    for (const chunkBytes of [997, 65_536, zip.length]) {
      const found = await unpacked(zip, chunkBytes);
      expect(Object.keys(found)).toEqual(lengths.map(String));
      for (const length of lengths) expect(found[length]?.equals(noise(length))).toBe(true);
    }
  });

  const content = noise(200_000);
  const [head, tail] = [content.subarray(0, 60_000), content.subarray(60_000)];
  test.each([
    { why: 'turns into compressed blocks', deflated: Buffer.concat([storedBlock(head, false), deflateRawSync(tail)]) },
    {
      why: 'has an empty block within',
      deflated: Buffer.concat([storedBlock(Buffer.of(), false), deflateRawSync(content)]),
    },
    { why: 'is as zlib writes it at level 0', deflated: deflateRawSync(content, { level: 0 }) },
    { why: 'is compressed', deflated: deflateRawSync(content) },
    {
      why: 'refers from compressed blocks to stored ones',
      deflated: Buffer.concat([
        storedBlock(content.subarray(0, 60_000), false),
        deflateRawSync(content.subarray(60_000), { dictionary: content.subarray(60_000 - 32_768, 60_000) }),
      ]),
    },
  ])('comes out whole when it $why', async ({ deflated }) => {
    for (const described of [false, true]) {
      for (const chunkBytes of [101, 65_536]) {
        const found = await unpacked(zipOf(content, deflated, { described }), chunkBytes);
        expect(found.a?.equals(content)).toBe(true);
      }
    }
  });

  const whole = storedBlock(head, true);
  const lying = Buffer.from(whole);
  lying.writeUInt16LE(60_001, 1);
  test.each([
    { why: 'ends without a last block', deflated: storedBlock(head, false) },
    { why: 'ends early', deflated: whole.subarray(0, -1) },
    { why: 'has a length that its complement denies', deflated: lying },
    { why: 'holds other bytes', deflated: storedBlock(Buffer.alloc(head.length), true) },
    { why: 'holds more', deflated: storedBlock(Buffer.concat([head, head.subarray(0, 9)]), true) },
  ])('is refused when it $why', async ({ deflated }) => {
    await expect(unpacked(zipOf(head, deflated))).rejects.toMatchObject({ status: 400 });
  });
});

const small = Buffer.from('small');
const deflatedSmall = deflateRawSync(small);

describe('an archive', () => {
  test('may hold stored entries that tell their length', async () => {
    expect(await unpacked(zipOf(small, small, { method: 'store' }), 1)).toEqual({ a: small });
  });

  test('goes on behind an entry that nobody reads', async () => {
    const names = ['folder/', 'one', 'two'];
    const zip = Buffer.concat([
      ...names.slice(0, -1).map((name) => entryOf(name)),
      zipOf(small, deflatedSmall, { name: Buffer.from('two') }),
    ]);
    const taken: string[] = [];
    await unpackZip(inChunks(zip, 7), async (name) => {
      taken.push(name);
    });
    expect(taken).toEqual(['one', 'two']);
  });

  test.each([
    { why: 'is none', zip: Buffer.from('this is no archive at all') },
    { why: 'is empty', zip: Buffer.of() },
    { why: 'breaks off in a header', zip: zipOf(small, deflatedSmall).subarray(0, 20) },
    { why: 'breaks off in an entry', zip: zipOf(small, small, { method: 'store' }).subarray(0, 33) },
    { why: 'is encrypted', zip: withFlag(zipOf(small, deflatedSmall), 1) },
    { why: 'has a stored entry without length', zip: zipOf(small, small, { method: 'store', described: true }) },
    { why: 'lies about a size', zip: zipOf(small, deflatedSmall, { sizeBytes: 6 }) },
    { why: 'lies about a size afterwards', zip: zipOf(small, deflatedSmall, { sizeBytes: 6, described: true }) },
    { why: 'lies about a checksum', zip: zipOf(small, deflatedSmall, { crc32: 1, described: true }) },
    { why: 'has a path that is no UTF-8', zip: zipOf(small, deflatedSmall, { name: Buffer.of(0xff, 0xfe) }) },
    ...['../a', 'b/../../a', '/a', 'C:a', 'b\\a', '..'].map((name) => ({
      why: `has the path ${name}`,
      zip: zipOf(small, deflatedSmall, { name: Buffer.from(name) }),
    })),
  ])('is refused when it $why, and read to its end', async ({ zip }) => {
    let left = zip.length;
    const source = async function* () {
      for await (const chunk of inChunks(zip, 10)) {
        left -= chunk.length;
        yield chunk;
      }
    };
    const taking = unpackZip(source(), async (_name, body) => void (await Array.fromAsync(body)));
    await expect(taking).rejects.toMatchObject({ status: 400 });
    expect(left).toBe(0);
  });
});

/** The first entry of a ZIP, without the directory. */
function entryOf(name: string): Buffer {
  const zip = zipOf(small, deflatedSmall, { name: Buffer.from(name) });
  return zip.subarray(0, 30 + name.length + deflatedSmall.length);
}

function withFlag(zip: Buffer, flag: number): Buffer {
  zip.writeUInt16LE(zip.readUInt16LE(6) | flag, 6);
  return zip;
}
