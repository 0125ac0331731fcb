import { closeSync, openSync, read, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { Splice } from '../../core/deid/writeOutput.ts';
import type { ByteRange, Bytes } from '../../core/submission/ports.ts';
import { becameShorter, markUnreadable, onDisk } from './streamInput.ts';

/** What is written: a stream, or a head and the range of an open file that follows it. */
type Content = Bytes | (Splice & { from: number });

/**
 * Writes a file that appears under its name only when it is whole.
 * @param path absolute; its folder is there
 * @throws errors of the file system; of a file read from, those that isUnreadable knows
 */
export async function writeWhole(path: string, content: Content, signal: AbortSignal): Promise<void> {
  const unfinished = `${path}.part`;
  try {
    const file = openNew(unfinished);
    const block = blockWriter(file);
    try {
      if ('from' in content) await copySplice(block, content, signal);
      else for await (const chunk of content) block.add(chunk, signal);
      block.end();
    } finally {
      block.giveBack();
      closeSync(file);
    }
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** Where a killed run left its unfinished file, or somebody a link, that goes first. */
function openNew(path: string): number {
  try {
    return openSync(path, 'wx');
  } catch {
    rmSync(path, { force: true });
    return openSync(path, 'wx');
  }
}

/**
 * Written at once, from a multiple of it on: so Linux can take pages of that size. Larger ones it may have to fetch or
 * clear first, which was seen to take ten times as long; what lies across them, a third longer than the copy into here.
 */
const blockBytes = 256 * 1024;

/** Memory that files take turns with. */
const blocks: Uint8Array[] = [];

type BlockWriter = ReturnType<typeof blockWriter>;

/** Gathers what is written to a file into blocks. */
function blockWriter(file: number) {
  const block = blocks.pop() ?? new Uint8Array(blockBytes);
  let filled = 0;
  const took = (bytes: number) => {
    filled += bytes;
    if (filled < blockBytes) return;
    writeAll(file, block);
    filled = 0;
  };
  return {
    add(chunk: Uint8Array, signal: AbortSignal): void {
      signal.throwIfAborted();
      for (let taken = 0; taken < chunk.length; ) {
        const part = chunk.subarray(taken, taken + blockBytes - filled);
        block.set(part, filled);
        taken += part.length;
        took(part.length);
      }
    },
    /** Takes the next bytes of another file, as many as fit; answers how many. */
    addFrom(from: number, { start, end }: ByteRange): number {
      const room = Math.min(end - start, blockBytes - filled);
      const bytes = onDisk(() => readSync(from, block, filled, room, start));
      if (bytes === 0) becameShorter();
      took(bytes);
      return bytes;
    },
    isEmpty: () => filled === 0,
    /** Whole blocks at once, from their memory; nothing may be waiting here. */
    addWhole(chunk: Uint8Array): void {
      for (let taken = 0; taken < chunk.length; taken += blockBytes) {
        writeAll(file, chunk.subarray(taken, taken + blockBytes));
      }
    },
    end: () => writeAll(file, block.subarray(0, filled)),
    giveBack: () => blocks.push(block),
  };
}

/** A full disk may take a part of what it is given. */
function writeAll(file: number, bytes: Uint8Array): void {
  for (let left = bytes; left.length > 0; ) left = left.subarray(writeSync(file, left));
}

/** The pixels go from one file into the other without anybody looking at them. */
async function copySplice(block: BlockWriter, { head, pixels, from }: Splice & { from: number }, signal: AbortSignal) {
  block.add(head, signal);
  const range = { ...pixels };
  // up to a multiple of a block; a file of a few blocks ends here
  const isLarge = pixels.end - pixels.start > largeBytes;
  while (range.start < range.end && !(isLarge && block.isEmpty())) range.start += block.addFrom(from, range);
  if (range.start < range.end) await copyAhead(block, { range, from }, signal);
}

const largeBytes = 8 * 1024 * 1024;
const aheadBytes = 4 * blockBytes;

/** Another thread reads what comes next while this one writes. */
async function copyAhead(
  block: BlockWriter,
  { range, from }: { range: ByteRange; from: number },
  signal: AbortSignal,
): Promise<void> {
  let [room, other] = [new Uint8Array(aheadBytes), new Uint8Array(aheadBytes)];
  let { start } = range;
  let coming = readAhead(from, room, { start, end: range.end });
  try {
    while (start < range.end) {
      const bytes = await coming;
      start += bytes;
      [room, other] = [other, room];
      if (start < range.end) coming = readAhead(from, room, { start, end: range.end });
      signal.throwIfAborted();
      block.addWhole(other.subarray(0, bytes));
    }
  } finally {
    // the file must not be closed under it
    await coming.catch(() => undefined);
  }
}

const readAhead = (from: number, into: Uint8Array, { start, end }: ByteRange) =>
  new Promise<number>((resolve, reject) => {
    read(from, into, 0, Math.min(into.length, end - start), start, (error, bytes) => {
      if (error !== null) reject(error);
      else resolve(bytes);
    });
  })
    .catch(markUnreadable)
    .then((bytes) => (bytes === 0 ? becameShorter() : bytes));
