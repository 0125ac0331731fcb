import { limits } from '../policy/limits.ts';
import { DomainError } from '../submission/codes/DomainError.ts';
import type { ByteRange } from '../submission/ports.ts';
import { centralHeaderBytes, endRecordBytes, localHeaderBytes, zipMethods, zipSignatures } from './zipRecords.ts';

/** One file in a pack. `name` is only a string: nobody makes a path of it. */
export interface PackEntry {
  name: string;
  /** Of the local header. */
  offset: number;
  storedBytes: number;
  sizeBytes: number;
  method: 'store' | 'deflate';
  crc32: number;
}

type ReadRange = (range: ByteRange) => Promise<Uint8Array>;

interface DirectoryPlace {
  entries: number;
  offset: number;
  sizeBytes: number;
}

/** An entry with all the bytes that it must at least occupy. */
interface ListedEntry extends PackEntry {
  end: number;
}

const all16 = 0xffff;
const all32 = 0xffffffff;
const zip64LocatorBytes = 20;
const zip64EndBytes = 56;
/** Encryption, strong encryption and masked headers (APPNOTE §4.4.4). */
const encryptedFlags = (1 << 0) | (1 << 6) | (1 << 13);
/** Deflate cannot shrink data further than this (zlib, "Maximum Compression Factor"). */
const deflateMaxRatio = 1032;

/**
 * Reads the central directory of a ZIP or Zip64 with two ranged reads: its tail, then the directory. Answers the files
 * in the order of their bytes; directories are left out. What two readers could understand differently is refused:
 * overlapping entries, two entries of one name, gaps between the directory and the end record.
 * @throws DomainError PackInvalid with the byte offset at fault, never with a name
 */
export async function readPackDirectory(read: ReadRange, sizeBytes: number): Promise<PackEntry[]> {
  const place = await findDirectory(read, sizeBytes);
  const directory = await readExactly(read, { start: place.offset, end: place.offset + place.sizeBytes });
  const entries = parseDirectory(directory, place).sort((left, right) => left.offset - right.offset);
  requireDisjoint(entries, place);
  requireDistinctNames(entries);
  return entries.filter(({ name }) => !name.endsWith('/')).map(({ end: _, ...entry }) => entry);
}

async function findDirectory(read: ReadRange, sizeBytes: number): Promise<DirectoryPlace> {
  const tailStart = Math.max(0, sizeBytes - limits.packTailBytes);
  const tail = await readExactly(read, { start: tailStart, end: sizeBytes });
  const view = viewOf(tail);
  const at = findEndRecord(view);
  if (at === undefined) throw invalid(tailStart, 'it has no end record');
  const end = {
    disks: view.getUint32(at + 4, true),
    entries: view.getUint16(at + 10, true),
    sizeBytes: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  };
  const zip64 = readZip64End(view, at, tailStart);
  const place = zip64 ?? end;
  if (zip64 === undefined && end.disks !== 0) throw invalid(tailStart + at, 'it is one of several volumes');
  if (zip64 !== undefined) requireAgreement(end, zip64, tailStart + at);
  if (place.entries > limits.packEntries) throw invalid(tailStart + at, `${place.entries} entries are too many`);
  if (place.sizeBytes > limits.packDirectoryBytes) throw invalid(tailStart + at, 'its directory is too large');
  const directoryEnd = tailStart + at - (zip64 === undefined ? 0 : zip64.recordBytes);
  if (place.offset + place.sizeBytes !== directoryEnd) throw invalid(tailStart + at, 'its directory is misplaced');
  return place;
}

/** The last end record whose comment ends with the file: a record in a comment does not count. */
function findEndRecord(view: DataView): number | undefined {
  const last = view.byteLength - endRecordBytes;
  for (let at = last; at >= Math.max(0, last - all16); at -= 1) {
    if (view.getUint32(at, true) !== zipSignatures.end) continue;
    if (at + endRecordBytes + view.getUint16(at + 20, true) === view.byteLength) return at;
  }
  return undefined;
}

function readZip64End(view: DataView, endAt: number, tailStart: number) {
  const locatorAt = endAt - zip64LocatorBytes;
  if (locatorAt < 0 || view.getUint32(locatorAt, true) !== zipSignatures.zip64Locator) return undefined;
  const at = unsigned64(view, locatorAt + 8, tailStart) - tailStart;
  if (at < 0 || at + zip64EndBytes > locatorAt) throw invalid(tailStart + locatorAt, 'its Zip64 record is misplaced');
  if (view.getUint32(at, true) !== zipSignatures.zip64End) throw invalid(tailStart + at, 'it has no Zip64 record');
  if (at + 12 + unsigned64(view, at + 4, tailStart) !== locatorAt) {
    throw invalid(tailStart + at, 'its Zip64 record has another length');
  }
  if (view.getUint32(at + 16, true) !== 0 || view.getUint32(at + 20, true) !== 0) {
    throw invalid(tailStart + at, 'it is one of several volumes');
  }
  return {
    entries: unsigned64(view, at + 32, tailStart),
    sizeBytes: unsigned64(view, at + 40, tailStart),
    offset: unsigned64(view, at + 48, tailStart),
    recordBytes: endAt - at,
  };
}

/** Fields of the classic record either point to Zip64 or say the same. */
function requireAgreement(end: DirectoryPlace, zip64: DirectoryPlace, at: number): void {
  const agrees =
    (end.entries === all16 || end.entries === zip64.entries) &&
    (end.sizeBytes === all32 || end.sizeBytes === zip64.sizeBytes) &&
    (end.offset === all32 || end.offset === zip64.offset);
  if (!agrees) throw invalid(at, 'its end records contradict each other');
}

function parseDirectory(directory: Uint8Array, place: DirectoryPlace): ListedEntry[] {
  const view = viewOf(directory);
  const entries: ListedEntry[] = [];
  let at = 0;
  while (at < directory.length) {
    if (entries.length === place.entries) throw invalid(place.offset + at, 'its directory has more entries than told');
    const { entry, next } = parseEntry(view, at, place.offset);
    entries.push(entry);
    at = next;
  }
  if (entries.length !== place.entries) throw invalid(place.offset + at, 'its directory has fewer entries than told');
  return entries;
}

function parseEntry(view: DataView, at: number, base: number): { entry: ListedEntry; next: number } {
  requireBytes(view, at, centralHeaderBytes, base);
  if (view.getUint32(at, true) !== zipSignatures.central) throw invalid(base + at, 'an entry has no signature');
  const nameBytes = view.getUint16(at + 28, true);
  const extraBytes = view.getUint16(at + 30, true);
  const next = at + centralHeaderBytes + nameBytes + extraBytes + view.getUint16(at + 32, true);
  requireBytes(view, at, next - at, base);
  if (view.getUint16(at + 8, true) & encryptedFlags) throw invalid(base + at, 'an entry is encrypted');
  if (view.getUint16(at + 34, true) !== 0) throw invalid(base + at, 'an entry lies in another volume');
  const extraAt = at + centralHeaderBytes + nameBytes;
  const zip64 = readZip64Extra(view, { start: extraAt, end: extraAt + extraBytes }, base);
  const sizeBytes = widen(view.getUint32(at + 24, true), zip64, base + at);
  const storedBytes = widen(view.getUint32(at + 20, true), zip64, base + at);
  const offset = widen(view.getUint32(at + 42, true), zip64, base + at);
  const method = methodOf(view.getUint16(at + 10, true), base + at);
  requirePlausibleSize({ method, sizeBytes, storedBytes }, base + at);
  const name = decodeName(view, at + centralHeaderBytes, nameBytes);
  const end = offset + localHeaderBytes + nameBytes + storedBytes;
  return { entry: { name, offset, storedBytes, sizeBytes, method, crc32: view.getUint32(at + 16, true), end }, next };
}

/** The values of the Zip64 field, in their order; the entry's saturated fields take them one by one. */
function readZip64Extra(view: DataView, { start, end }: ByteRange, base: number): number[] {
  let at = start;
  while (at + 4 <= end) {
    const fieldEnd = at + 4 + view.getUint16(at + 2, true);
    if (fieldEnd > end) return [];
    if (view.getUint16(at, true) === 0x0001) {
      const values: number[] = [];
      for (let valueAt = at + 4; valueAt + 8 <= fieldEnd && values.length < 3; valueAt += 8) {
        values.push(unsigned64(view, valueAt, base));
      }
      return values;
    }
    at = fieldEnd;
  }
  return [];
}

function widen(value: number, zip64: number[], at: number): number {
  if (value !== all32) return value;
  const wide = zip64.shift();
  if (wide === undefined) throw invalid(at, 'an entry lacks its Zip64 field');
  return wide;
}

function methodOf(method: number, at: number): PackEntry['method'] {
  if (method === zipMethods.store) return 'store';
  if (method === zipMethods.deflate) return 'deflate';
  throw invalid(at, `an entry is compressed by method ${method}, only 0 and 8 are read`);
}

function requirePlausibleSize(entry: Pick<PackEntry, 'method' | 'sizeBytes' | 'storedBytes'>, at: number): void {
  if (entry.method === 'store' && entry.storedBytes !== entry.sizeBytes) {
    throw invalid(at, 'a stored entry has two sizes');
  }
  if (entry.sizeBytes > entry.storedBytes * deflateMaxRatio) {
    throw invalid(at, 'an entry is larger than its data can be');
  }
}

/** What is not UTF-8 gets replacement characters: no announced path equals it, and the pipeline says so by number. */
const decodeName = (view: DataView, at: number, byteLength: number) =>
  utf8.decode(new Uint8Array(view.buffer, view.byteOffset + at, byteLength));

/** One for all: to make one takes as long as to read an entry. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

function requireDisjoint(entries: readonly ListedEntry[], place: DirectoryPlace): void {
  let free = 0;
  for (const { offset, end } of entries) {
    if (offset < free) throw invalid(offset, 'an entry overlaps the one before');
    free = end;
  }
  if (free > place.offset) throw invalid(place.offset, 'an entry overlaps the directory');
}

function requireDistinctNames(entries: readonly ListedEntry[]): void {
  const names = new Set<string>();
  for (const { name, offset } of entries) {
    if (names.has(name)) throw invalid(offset, 'an entry has the name of another');
    names.add(name);
  }
}

async function readExactly(read: ReadRange, range: ByteRange): Promise<Uint8Array> {
  const wanted = range.end - range.start;
  if (wanted === 0) return new Uint8Array(0);
  const bytes = await read(range);
  if (bytes.length !== wanted) throw invalid(range.start, `${bytes.length} bytes are there, ${wanted} needed`);
  return bytes;
}

function requireBytes(view: DataView, at: number, wanted: number, base: number): void {
  const left = view.byteLength - at;
  if (left < wanted) throw invalid(base + at, `${left} bytes are left, ${wanted} needed`);
}

function unsigned64(view: DataView, at: number, base: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw invalid(base + at, 'a 64-bit number is too large');
  return value;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const invalid = (offset: number, why: string) =>
  new DomainError('PackInvalid', `Cannot read the pack at byte ${offset}: ${why}`);
