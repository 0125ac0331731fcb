import { readSync, writeSync } from 'node:fs';
import type { ByteRange } from '../../../core/submission/ports.ts';
import { becameShorter, onDisk } from './unreadable.ts';

/** A range of one open file, and where it is to start in another one: plain data, for threads share open files. */
export interface RangeCopy {
  from: number;
  range: ByteRange;
  to: number;
  at: number;
}

/**
 * Written at once, from a multiple of it on: so Linux can take pages of that size. Larger ones it may have to fetch or
 * clear first, which was seen to take ten times as long; what lies across them, a third longer than the copy into here.
 */
export const blockBytes = 256 * 1024;

/** Memory that copies take turns with. */
let memory: Uint8Array | undefined;

/**
 * Copies blocks that nobody has taken, at most so many; true when none is left to take. Threads that copy one range
 * share `taken`, the number of the next block: while one writes, another one reads.
 * @throws errors of the file system; of the file read from, those that isUnreadable knows
 */
export function copyBlocks(
  { from, range, to, at }: RangeCopy,
  taken: Int32Array,
  most = Number.POSITIVE_INFINITY,
): boolean {
  memory ??= new Uint8Array(blockBytes);
  const room = memory;
  const end = at + range.end - range.start;
  const shift = range.start - at;
  for (let blocks = 0; blocks < most; blocks += 1) {
    const block = Math.floor(at / blockBytes) + Atomics.add(taken, 0, 1);
    const stop = Math.min(end, (block + 1) * blockBytes);
    let position = Math.max(at, block * blockBytes);
    if (position >= end) return true;
    while (position < stop) {
      const count = stop - position;
      const bytes = onDisk(() => readSync(from, room, 0, count, position + shift));
      if (bytes === 0) becameShorter();
      for (let left = room.subarray(0, bytes); left.length > 0; ) {
        const written = writeSync(to, left, 0, left.length, position);
        left = left.subarray(written);
        position += written;
      }
    }
  }
  return false;
}
