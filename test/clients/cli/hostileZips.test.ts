import { rm } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { openLocalInput } from '../../../clients/cli/files/localInput.ts';
import { centralHeader, endRecords, localHeader, type ZipMember } from '../../../core/pack/zipRecords.ts';
import { limits } from '../../../core/policy/limits.ts';
import { concat } from '../../core/pack/streams.ts';
import { airlock, dicomFile, folderOf } from './cliRun.ts';

let folder: string;
afterEach(() => rm(folder, { recursive: true }));

/** What a thread may take to list 100 MB, whatever else the computer does meanwhile. */
const mostMs = 2000;

async function listed(path: string) {
  const before = process.cpuUsage();
  const { files } = await openLocalInput([path], folder);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(mostMs);
  return files;
}

const memberOf = (number: number, given: Partial<ZipMember> = {}): ZipMember => ({
  ...{ name: Buffer.from(`f${number}`), method: 'store', crc32: 0, storedBytes: 0, sizeBytes: 0, offset: 0 },
  ...{ described: false, ...given },
});

interface Lie {
  /** What the end records tell; default: as many as there are. */
  entries?: number;
  /** Changes the directory's headers; local ones stay. */
  change?: (member: ZipMember, all: readonly ZipMember[]) => Partial<ZipMember>;
}

/** A ZIP of empty files that lies about them. */
function zipWith(members: readonly ZipMember[], { entries, change }: Lie = {}): Uint8Array {
  let offset = 0;
  const placed = members.map((member) => {
    const at = { ...member, offset };
    offset += localHeader(member).length;
    return at;
  });
  const directory = concat(placed.map((member) => centralHeader({ ...member, ...change?.(member, placed) })));
  const end = endRecords({ entries: entries ?? members.length, offset, sizeBytes: directory.length });
  return concat([...members.map(localHeader), directory, end]);
}

/** One entry over and over: to write a million different ones takes a minute. */
function zipOfOne(entries: number): Uint8Array {
  const [local, central] = [localHeader(memberOf(0)), centralHeader(memberOf(0))];
  const offset = entries * local.length;
  const end = endRecords({ entries, offset, sizeBytes: entries * central.length });
  return concat([Buffer.alloc(offset, local), Buffer.alloc(entries * central.length, central), end]);
}

const few = [0, 1, 2].map((number) => memberOf(number));
const many = (count: number) => Array.from({ length: count }, (_, number) => memberOf(number));
const altered = (bytes: Uint8Array, signature: number[], at: number, value: number) => {
  const changed = bytes.slice();
  changed[Buffer.from(changed).indexOf(Uint8Array.from(signature)) + at] = value;
  return changed;
};
const central = [0x50, 0x4b, 1, 2];

describe('a hostile ZIP is one refused file, at once', () => {
  test.each<{ why: string; bytes: () => Uint8Array }>([
    { why: 'a million entries', bytes: () => zipOfOne(1_000_000) },
    { why: 'more entries than are told', bytes: () => zipWith(many(90_000), { entries: 2 }) },
    { why: 'fewer entries than are told', bytes: () => zipWith(few, { entries: limits.packEntries }) },
    { why: 'Zip64 records of 2^50 entries', bytes: () => zipWith(few, { entries: 2 ** 50 }) },
    { why: 'an entry of 2^50 bytes', bytes: () => zipWith(few, { change: () => ({ sizeBytes: 2 ** 50 }) }) },
    { why: 'an entry at byte 2^50', bytes: () => zipWith(few, { change: () => ({ offset: 2 ** 50 }) }) },
    { why: '90,000 entries that are one', bytes: () => zipWith(many(90_000), { change: () => ({ offset: 0 }) }) },
    { why: '90,000 entries of one name', bytes: () => zipWith(Array.from({ length: 90_000 }, () => memberOf(1))) },
    { why: 'an encrypted entry', bytes: () => altered(zipWith(few), central, 8, 1) },
    {
      why: 'an entry that deflate cannot make',
      bytes: () => zipWith(few, { change: () => ({ method: 'deflate', sizeBytes: 1 }) }),
    },
  ])('$why', async ({ bytes }) => {
    folder = await folderOf({ 'in/a.zip': bytes(), 'in/b': dicomFile() });
    expect((await listed('in')).map(({ path, isBrokenPack = false }) => ({ path, isBrokenPack }))).toEqual([
      { path: 'a.zip', isBrokenPack: true },
      { path: 'b', isBrokenPack: false },
    ]);
    const { exit, out, err } = await airlock(['deid', 'in', '--out', 'out'], { cwd: folder });
    expect({ exit, written: out.length }).toEqual({ exit: 4, written: 1 });
    expect(err).toContain('file 0 is not written: PackEntryBroken');
  });
});

test('as many files as a ZIP may have are listed at once, whatever they are called', async () => {
  const name = (number: number) => Buffer.from(`../../${'x'.repeat(200)}/${number}`);
  const members = many(limits.packEntries).map((member, number) => ({ ...member, name: name(number) }));
  folder = await folderOf({ 'a.zip': zipWith(members) });
  expect(await listed('a.zip')).toHaveLength(limits.packEntries);
});
