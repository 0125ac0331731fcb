import type { FileHandle } from 'node:fs/promises';

/** Part of a file, half-open, and a buffer to read it by, whose content lasts until the next read. */
export interface FileRange {
  file: FileHandle;
  /** One serves a whole ZIP: allocating a megabyte at a time makes the collector the slowest part. */
  buffer: Buffer;
  start: number;
  end: number;
}

/** Header of a stored block (RFC 1951 §3.2.4): three bits, filled up to a byte, then its length and the complement. */
const BLOCK_HEADER_BYTES = 5;

/** Between two reads: how much of a block is still to come, and whether it is the last one. */
interface Block {
  bytesLeft: number;
  isLast: boolean;
}

/** The content of stored blocks; ends early where a block is of another kind, or its header makes no sense. */
export async function* storedBlocks(range: FileRange): AsyncGenerator<Uint8Array, 'ended' | 'other'> {
  const { file, buffer, start, end } = range;
  const block: Block = { bytesLeft: 0, isLast: false };
  for (let at = start; at < end; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, end - at), at);
    const { read, kept } = closeUp(buffer.subarray(0, bytesRead), block);
    if (kept > 0) yield buffer.subarray(0, kept);
    if (read === 0) return 'other';
    at += read;
  }
  return block.isLast && block.bytesLeft === 0 ? 'ended' : 'other';
}

/** Takes the headers out in place: what is kept is content, at the beginning. */
function closeUp(bytes: Buffer, block: Block): { read: number; kept: number } {
  let read = 0;
  let kept = 0;
  while (read < bytes.length) {
    if (block.bytesLeft === 0) {
      const isHeader = !block.isLast && enterBlock(bytes.subarray(read, read + BLOCK_HEADER_BYTES), block);
      if (!isHeader) break;
      read += BLOCK_HEADER_BYTES;
    }
    const length = Math.min(block.bytesLeft, bytes.length - read);
    bytes.copyWithin(kept, read, read + length);
    kept += length;
    read += length;
    block.bytesLeft -= length;
  }
  return { read, kept };
}

function enterBlock(header: Buffer, block: Block): boolean {
  if (header.length < BLOCK_HEADER_BYTES) return false;
  const kind = header.readUInt8(0);
  const length = header.readUInt16LE(1);
  if (kind > 1 || (length ^ 0xffff) !== header.readUInt16LE(3)) return false;
  block.isLast = kind === 1;
  block.bytesLeft = length;
  return true;
}
