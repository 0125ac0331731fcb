import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packLayout } from '../../../core/pack/packLayout.ts';
import { readPackDirectory } from '../../../core/pack/readPackDirectory.ts';
import { writePack } from '../../../core/pack/writePack.ts';
import { limits } from '../../../core/policy/limits.ts';
import {
  directoryOf,
  files,
  layoutOf,
  rangeOfLayout,
  type SampleFile,
  storedPack,
  streamed,
  writtenPack,
} from './packs.ts';
import { codecs, collect, sha256, streamOf } from './streams.ts';

const run = promisify(execFile);
const present = (command: string) => spawnSync(command, ['--version']).error === undefined;
const tools = { python3: present('python3'), unzip: present('unzip'), java: present('java') };
for (const [tool, there] of Object.entries(tools)) if (!there) console.warn(`${tool} is absent: its rows do not run`);

const pythonReader = `
import hashlib, json, sys, zipfile
for path in sys.argv[1:]:
    pack = zipfile.ZipFile(path)
    assert pack.testzip() is None
    print(json.dumps([[i.orig_filename, hashlib.sha256(pack.read(i)).hexdigest()] for i in pack.infolist()]))
`;
/** Reads as XNAT does: front to back, with no look at the directory. */
const javaReader = `
import java.io.*; import java.security.*; import java.util.*; import java.util.zip.*;
public class Reader { public static void main(String[] paths) throws Exception { for (String path : paths) {
  StringBuilder line = new StringBuilder();
  try (ZipInputStream in = new ZipInputStream(new BufferedInputStream(new FileInputStream(path)))) {
    while (in.getNextEntry() != null) line.append(HexFormat.of().formatHex(
      MessageDigest.getInstance("SHA-256").digest(in.readAllBytes()))).append(' ');
  }
  System.out.println(line.toString().trim());
} } }
`;

const samples: SampleFile[][] = fc.sample(files, { numRuns: 12, seed: 20 }).filter((some) => some.length > 0);
let folder: string;
const paths: string[] = [];
const contents: SampleFile[][] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packs-'));
  for (const [index, some] of samples.entries()) {
    for (const [kind, bytes] of [
      ['streamed', await writtenPack(some)],
      ['stored', storedPack(some)],
    ] as const) {
      const path = join(folder, `${index}-${kind}.zip`);
      await writeFile(path, bytes);
      paths.push(path);
      contents.push(some);
    }
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe('writePack and packLayout, read by others', () => {
  test.runIf(tools.python3)('Python reads every name and byte', async () => {
    const { stdout } = await run('python3', ['-c', pythonReader, ...paths]);
    const expected = contents.map((some) => some.map(({ name, body }) => [name, sha256(body)]));
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(expected);
  });

  test.runIf(tools.unzip)('unzip finds no error', async () => {
    for (const path of paths) expect((await run('unzip', ['-tqq', path])).stderr).toBe('');
  });

  test.runIf(tools.java)('Java reads every byte front to back', async () => {
    const source = join(folder, 'Reader.java');
    await writeFile(source, javaReader);
    const { stdout } = await run('java', [source, ...paths]);
    const expected = contents.map((some) => some.map(({ body }) => sha256(body)).join(' '));
    expect(stdout.trim().split('\n')).toEqual(expected);
  });
});

describe('writePack', () => {
  test('makes equal bytes of equal files, however they are chunked', async () => {
    await fc.assert(
      fc.asyncProperty(files, fc.integer({ min: 50, max: 200_000 }), async (some, chunkBytes) => {
        expect(sha256(await writtenPack(some, chunkBytes))).toBe(sha256(await writtenPack(some, 70_001)));
      }),
      { numRuns: 40 },
    );
  });

  test('holds no file: it passes on what it got before it asks for more', async () => {
    let given = 0;
    let received = 0;
    let mostHeld = 0;
    async function* body() {
      for (let chunk = 0; chunk < 200; chunk += 1) {
        given += 50_000;
        mostHeld = Math.max(mostHeld, given - received);
        yield new Uint8Array(50_000);
      }
    }
    async function* one() {
      yield { name: 'x', body: body() };
    }
    for await (const chunk of writePack(one(), codecs)) received += chunk.length;
    expect(received).toBeGreaterThan(given);
    expect(mostHeld).toBeLessThan(200_000);
  });

  test('refuses more entries than a pack may have', async () => {
    async function* many() {
      for (let index = 0; index <= limits.packEntries; index += 1)
        yield { name: `${index}`, body: streamOf(new Uint8Array(0)) };
    }
    const writing = async () => {
      for await (const _ of writePack(many(), { crc32: () => 0 }));
    };
    await expect(writing()).rejects.toMatchObject({ name: 'LimitExceeded' });
  });

  test('writes Zip64 records when there are 65,535 entries or more', async () => {
    const many = Array.from({ length: 65_535 }, (_, index) => ({ name: `${index}`, body: new Uint8Array(0) }));
    const pack = await collect(writePack(streamed(many), codecs));
    expect(await directoryOf(pack)).toHaveLength(65_535);
  });
});

describe('packLayout', () => {
  test('gives any range as the slice of the whole', async () => {
    await fc.assert(
      fc.property(files, fc.nat(), fc.nat(), (some, first, second) => {
        const whole = storedPack(some);
        expect(whole.length).toBe(layoutOf(some).sizeBytes);
        const [start, end] = [first % (whole.length + 1), second % (whole.length + 1)].sort((a, b) => a - b);
        const range = { start: start ?? 0, end: end ?? 0 };
        expect(sha256(rangeOfLayout(some, range))).toBe(sha256(whole.subarray(range.start, range.end)));
      }),
      { numRuns: 300 },
    );
  });

  test('lays out files beyond 4 GiB with Zip64 fields that the directory reader follows', async () => {
    const large = 5 * 2 ** 30;
    const layout = packLayout([
      { name: 'large', sizeBytes: large, crc32: 1 },
      { name: 'small', sizeBytes: 3, crc32: 2 },
    ]);

    const entries = await readPackDirectory(async (range) => {
      const pieces = layout
        .segments(range)
        .map((piece) => ('bytes' in piece ? piece.bytes : new Uint8Array(piece.range.end - piece.range.start)));
      return new Uint8Array(Buffer.concat(pieces));
    }, layout.sizeBytes);
    expect(entries).toEqual([
      { name: 'large', offset: 0, storedBytes: large, sizeBytes: large, method: 'store', crc32: 1 },
      { name: 'small', offset: 55 + large, storedBytes: 3, sizeBytes: 3, method: 'store', crc32: 2 },
    ]);
  });
});
