import { crc32 } from 'node:zlib';
import { localHeaderBytes, zipMethods, zipSignatures } from '../../../core/pack/zipRecords.ts';
import { type ByteCursor, byteCursor, unreadable } from './byteCursor.ts';
import { inflateEntry } from './inflateEntry.ts';
import { refusal } from './refusal.ts';

/** More than any study has slices; bounds the work one request can ask for. */
const ENTRIES = 400_000;
/** Bytes one ZIP may unpack to. */
const UNPACKED_BYTES = 64 * 1024 ** 3;

// PKWARE APPNOTE 6.3.10 §4.4.4
const flags = { encrypted: 1 << 0, described: 1 << 3 };
const ALL_32 = 0xffffffff;
const ZIP64_EXTRA = 1;

/**
 * Takes a ZIP apart while it comes, as XNAT does (java.util.zip.ZipInputStream): by the headers before the entries, and
 * not by the directory behind them. Sizes and CRC-32 are checked; directories are skipped. The source is read to its end
 * whatever comes, so that its sender gets to see the answer.
 * @throws refusal 400 for a broken, encrypted or oversized ZIP or a path that leaves it
 */
export async function unpackZip(
  source: AsyncIterable<Uint8Array>,
  take: (name: string, body: AsyncIterable<Uint8Array>) => Promise<void>,
) {
  const cursor = byteCursor(source);
  try {
    let unpacked = 0;
    for (let entries = 1; ; entries += 1) {
      const entry = await readHeader(cursor);
      if (entry === undefined) break;
      if (entries > ENTRIES) throw refusal(400, 'The archive is too large');
      const body = contentOf(cursor, entry, (bytes) => {
        unpacked += bytes;
        if (unpacked > UNPACKED_BYTES) throw refusal(400, 'The archive is too large');
      });
      if (!entry.name.endsWith('/')) await take(entry.name, body);
      // what nobody wanted stands before the next entry
      for await (const _chunk of body);
    }
  } catch (error) {
    await cursor.drain().catch(() => undefined);
    throw error;
  }
  await cursor.drain();
}

interface Entry {
  name: string;
  isStored: boolean;
  /** What is told before the data; undefined where it follows. */
  told: Described | undefined;
}

interface Described {
  checksum: number;
  sizeBytes: number;
}

/** Undefined where the directory begins. */
async function readHeader(cursor: ByteCursor): Promise<Entry | undefined> {
  const signature = (await cursor.exactly(4)).readUInt32LE(0);
  if (signature === zipSignatures.central || signature === zipSignatures.end) return undefined;
  if (signature !== zipSignatures.local) throw unreadable(new Error('An entry is expected'));
  // offsets are those of the record, without its signature
  const header = await cursor.exactly(localHeaderBytes - 4);
  const flag = header.readUInt16LE(2);
  const method = header.readUInt16LE(4);
  const name = decodeName(await cursor.exactly(header.readUInt16LE(22)));
  const extra = await cursor.exactly(header.readUInt16LE(24));
  if ((flag & flags.encrypted) !== 0) throw refusal(400, 'Unable to read the archive: an entry is encrypted');
  const isStored = method === zipMethods.store;
  if (!isStored && method !== zipMethods.deflate) throw refusal(400, 'Unable to read the archive: unknown compression');
  if ((flag & flags.described) === 0) {
    const sizeBytes = header.readUInt32LE(18);
    const told = { checksum: header.readUInt32LE(10), sizeBytes: sizeBytes === ALL_32 ? wideSize(extra) : sizeBytes };
    return { name, isStored, told };
  }
  if (isStored) throw refusal(400, 'Unable to read the archive: a stored entry has no length');
  return { name, isStored, told: undefined };
}

/** @throws refusal 400 for a path that is not UTF-8, or leads out of where it is unpacked */
function decodeName(bytes: Buffer): string {
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw unreadable(error);
  }
  if (/^\/|^[A-Za-z]:|\\|(^|\/)\.\.(\/|$)/.test(name)) throw unreadable(new Error('A path leaves the archive'));
  return name;
}

/** The size before compression comes first in the Zip64 field. */
function wideSize(extra: Buffer): number {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === ZIP64_EXTRA && at + 12 <= extra.length) return Number(extra.readBigUInt64LE(at + 4));
  }
  throw unreadable(new Error('A size is missing'));
}

async function* contentOf(
  cursor: ByteCursor,
  { isStored, told }: Entry,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let checksum = 0;
  let sizeBytes = 0;
  for await (const chunk of isStored ? storedEntry(cursor, told?.sizeBytes ?? 0) : inflateEntry(cursor)) {
    checksum = crc32(chunk, checksum);
    sizeBytes += chunk.byteLength;
    count(chunk.byteLength);
    yield chunk;
  }
  const wanted = told ?? (await readDescriptor(cursor, sizeBytes));
  if (sizeBytes !== wanted.sizeBytes) throw unreadable(new Error('The size differs'));
  if (checksum !== wanted.checksum) throw unreadable(new Error('The CRC-32 differs'));
}

async function* storedEntry(cursor: ByteCursor, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let left = sizeBytes; left > 0; ) {
    const piece = await cursor.take(left);
    if (piece.byteLength === 0) throw unreadable(new Error('The archive ends early'));
    left -= piece.byteLength;
    yield piece;
  }
}

/** Its signature may be absent; its sizes have eight bytes from 4 GiB on, as Java reads them. */
async function readDescriptor(cursor: ByteCursor, countedBytes: number): Promise<Described> {
  const first = (await cursor.exactly(4)).readUInt32LE(0);
  const checksum = first === zipSignatures.descriptor ? (await cursor.exactly(4)).readUInt32LE(0) : first;
  const isWide = countedBytes >= ALL_32;
  const sizes = await cursor.exactly(isWide ? 16 : 8);
  return { checksum, sizeBytes: isWide ? Number(sizes.readBigUInt64LE(8)) : sizes.readUInt32LE(4) };
}
