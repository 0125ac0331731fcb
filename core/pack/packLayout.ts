import type { ByteRange } from '../submission/ports.ts';
import { centralHeader, endRecords, localHeader, type ZipMember } from './zipRecords.ts';

/** A piece of a pack: bytes as they are, or a range of one of its files by the file's place in the list. */
type PackSegment = { bytes: Uint8Array } | { file: number; range: ByteRange };

export interface PackLayout {
  sizeBytes: number;
  /** The pieces that make up a range of the pack, in order. */
  segments(range: ByteRange): PackSegment[];
}

/**
 * The bytes of a stored ZIP without writing it: any range of the pack is made of headers and ranges of the files, so
 * that a client sends or repeats a part with no copy on disk.
 * @param files sizes in bytes, CRC-32 as ZIP uses it; names are the paths of the manifest
 */
export function packLayout(files: readonly { name: string; sizeBytes: number; crc32: number }[]): PackLayout {
  const members: ZipMember[] = [];
  let offset = 0;
  for (const { name, sizeBytes, crc32 } of files) {
    const member: ZipMember = {
      name: new TextEncoder().encode(name),
      method: 'store',
      crc32,
      storedBytes: sizeBytes,
      sizeBytes,
      offset,
      described: false,
    };
    members.push(member);
    offset += localHeader(member).length + sizeBytes;
  }
  const directory = concat(members.map(centralHeader));
  const end = endRecords({ entries: members.length, offset, sizeBytes: directory.length });
  const tail = concat([directory, end]);
  return {
    sizeBytes: offset + tail.length,
    segments: (range) => [
      ...memberSegments(members, { start: range.start, end: Math.min(range.end, offset) }),
      ...cut(tail, offset, range),
    ],
  };
}

function memberSegments(members: readonly ZipMember[], range: ByteRange): PackSegment[] {
  const segments: PackSegment[] = [];
  for (let file = indexAt(members, range.start); file < members.length; file += 1) {
    const member = members[file];
    if (member === undefined || member.offset >= range.end) break;
    const header = localHeader(member);
    segments.push(...cut(header, member.offset, range));
    const dataAt = member.offset + header.length;
    const start = Math.max(0, range.start - dataAt);
    const end = Math.min(member.sizeBytes, range.end - dataAt);
    if (start < end) segments.push({ file, range: { start, end } });
  }
  return segments;
}

/** The last member that begins at or before a byte, by halving. */
function indexAt(members: readonly ZipMember[], at: number): number {
  let low = 0;
  let high = members.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((members[middle]?.offset ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What of some bytes, which stand at an offset of the pack, lies in a range. */
function cut(bytes: Uint8Array, offset: number, range: ByteRange): PackSegment[] {
  const start = Math.max(0, range.start - offset);
  const end = Math.min(bytes.length, range.end - offset);
  return start < end ? [{ bytes: bytes.subarray(start, end) }] : [];
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
