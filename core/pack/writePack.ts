import { limits } from '../policy/limits.ts';
import { DomainError } from '../submission/codes/DomainError.ts';
import type { Bytes, Codecs } from '../submission/ports.ts';
import { centralHeader, dataDescriptor, endRecords, localHeader, type ZipMember } from './zipRecords.ts';

/** A stored block of deflate carries a 16-bit length (RFC 1951 §3.2.4). */
const blockMaxBytes = 0xffff;
const blockHeaderBytes = 5;

/**
 * Writes a ZIP from files of unknown length and holds no file: CRC and sizes follow the data. Readers of a stream
 * (Java's ZipInputStream, so XNAT) refuse stored entries of unknown size, so the data is deflate made of stored
 * blocks: no compression work, 5 bytes in 65,535 more. Equal files make equal bytes, however they are chunked. A chunk
 * must not change after it was handed over.
 * @throws DomainError LimitExceeded for more entries than a pack may have
 */
export async function* writePack(
  files: AsyncIterable<{ name: string; body: Bytes }>,
  { crc32 }: Pick<Codecs, 'crc32'>,
): Bytes {
  const members: ZipMember[] = [];
  let offset = 0;
  for await (const { name, body } of files) {
    if (members.length === limits.packEntries) {
      throw new DomainError('LimitExceeded', `Cannot write the pack: it has more than ${limits.packEntries} entries`);
    }
    const member = describedMember(name, offset);
    members.push(member);
    const header = localHeader(member);
    yield header;
    for await (const block of storedBlocks(body)) {
      yield blockHeader(block);
      // the pieces as they came: joining them would copy every byte
      for (const piece of block.pieces) {
        member.crc32 = crc32(piece, member.crc32);
        yield piece;
      }
      member.sizeBytes += block.byteLength;
      member.storedBytes += blockHeaderBytes + block.byteLength;
    }
    const descriptor = dataDescriptor(member);
    yield descriptor;
    offset += header.length + member.storedBytes + descriptor.length;
  }
  let sizeBytes = 0;
  for (const member of members) {
    const header = centralHeader(member);
    sizeBytes += header.length;
    yield header;
  }
  yield endRecords({ entries: members.length, offset, sizeBytes });
}

const describedMember = (name: string, offset: number): ZipMember => ({
  name: new TextEncoder().encode(name),
  method: 'deflate',
  crc32: 0,
  storedBytes: 0,
  sizeBytes: 0,
  offset,
  described: true,
});

interface StoredBlock {
  pieces: readonly Uint8Array[];
  byteLength: number;
  isLast: boolean;
}

/** Blocks of full length but the last, which ends the member. */
async function* storedBlocks(body: Bytes): AsyncGenerator<StoredBlock> {
  let pieces: Uint8Array[] = [];
  let byteLength = 0;
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length; ) {
      if (byteLength === blockMaxBytes) {
        yield { pieces, byteLength, isLast: false };
        pieces = [];
        byteLength = 0;
      }
      const piece = chunk.subarray(at, at + blockMaxBytes - byteLength);
      pieces.push(piece);
      byteLength += piece.length;
      at += piece.length;
    }
  }
  yield { pieces, byteLength, isLast: true };
}

function blockHeader({ byteLength, isLast }: StoredBlock): Uint8Array {
  const header = new Uint8Array(blockHeaderBytes);
  const view = new DataView(header.buffer);
  view.setUint8(0, isLast ? 1 : 0);
  view.setUint16(1, byteLength, true);
  view.setUint16(3, ~byteLength & 0xffff, true);
  return header;
}
