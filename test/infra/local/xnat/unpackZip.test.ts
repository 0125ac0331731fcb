import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writePack } from '../../../../core/pack/writePack.ts';
import { centralHeader, endRecords, localHeader } from '../../../../core/pack/zipRecords.ts';
import { unpackZip } from '../../../../infra/local/xnat/unpackZip.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unpack-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What comes out of a ZIP, by name. */
async function unpacked(zip: Uint8Array): Promise<Record<string, Buffer>> {
  const path = join(folder, 'a.zip');
  await writeFile(path, zip);
  const files: Record<string, Buffer> = {};
  await unpackZip(path, async (name, body) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(Buffer.from(chunk));
    files[name] = Buffer.concat(chunks);
  });
  return files;
}

const noise = (length: number) => Buffer.from(Array.from({ length }, (_, index) => (index * 2654435761) >>> 11));

/** A ZIP of one entry whose deflate data is given. */
function zipOf(content: Uint8Array, deflated: Uint8Array): Buffer {
  const sizes = { crc32: crc32(content), storedBytes: deflated.length, sizeBytes: content.length };
  const member = { ...sizes, name: Buffer.from('a'), method: 'deflate', offset: 0, described: false } as const;
  const header = localHeader(member);
  const central = centralHeader(member);
  const end = endRecords({ entries: 1, offset: header.length + deflated.length, sizeBytes: central.length });
  return Buffer.concat([header, deflated, central, end]);
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
    const found = await unpacked(zip);
    expect(Object.keys(found)).toEqual(lengths.map(String));
    for (const length of lengths) expect(found[length]?.equals(noise(length))).toBe(true);
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
  ])('comes out whole when it $why', async ({ deflated }) => {
    expect((await unpacked(zipOf(content, deflated))).a?.equals(content)).toBe(true);
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
