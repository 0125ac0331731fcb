import { closeSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { Layout, Splice } from '../../../core/deid/edits/writeOutput.ts';
import type { ByteRange, Bytes } from '../../../core/submission/ports.ts';
import { blockBytes } from './copyBlocks.ts';
import type { CopyHelper } from './copyHelper.ts';
import { type Copying, copyRange, isLarge } from './copyRange.ts';
import { becameShorter, onDisk } from './unreadable.ts';

/** What is written: a stream, or a head and the range of an open file that follows it. */
type Content = Bytes | (Splice & { from: number });

/** A file that appears under its name only when it is whole. */
interface WholeFile {
  /** Where it is until it is kept. */
  path: string;
  /** Large pixels can come before their head, which is written last: copies them beside what goes on here. */
  copyPixels(layout: Layout & { from: number }, helper: CopyHelper): void;
  /** @throws errors of the file system; of a file read from, those that isUnreadable knows */
  write(content: Content, signal: AbortSignal): Promise<void>;
  /** Gives it its name, once it is written. */
  keep(): void;
  /** Leaves nothing of a file that was not kept. */
  close(): Promise<void>;
}

/** @param path absolute; its folder is there when the file is written to */
export function wholeFile(path: string): WholeFile {
  const unfinished = `${path}.part`;
  let isThere = false;
  let file: number | undefined;
  let copying: Copying | undefined;
  const opened = () => {
    file ??= openNew(unfinished);
    isThere = true;
    return file;
  };
  const closeOpened = () => {
    const open = file;
    file = undefined;
    if (open !== undefined) closeSync(open);
  };
  const copy = ({ headBytes, pixels, from }: Layout & { from: number }, helper?: CopyHelper) =>
    copyRange({ from, range: pixels, to: opened(), at: headBytes }, helper);
  const writeSplice = async ({ head, ...rest }: Splice & { from: number }, signal: AbortSignal) => {
    copying ??= copy({ headBytes: head.length, ...rest });
    await copying.finish(signal);
    writeAll(opened(), head, 0);
  };
  return {
    path: unfinished,
    copyPixels(layout, helper) {
      if (isLarge(lengthOf(layout.pixels))) copying = copy(layout, helper);
    },
    async write(content, signal) {
      if ('from' in content && isLarge(lengthOf(content.pixels))) await writeSplice(content, signal);
      else await writeBlocks(opened(), content, signal);
      closeOpened();
    },
    keep() {
      renameSync(unfinished, path);
      isThere = false;
    },
    async close() {
      await copying?.stop();
      try {
        closeOpened();
      } finally {
        if (isThere) rmSync(unfinished, { force: true });
      }
    },
  };
}

const lengthOf = ({ start, end }: ByteRange) => end - start;

/** Where a killed run left its unfinished file, or somebody a link, that goes first. */
function openNew(path: string): number {
  try {
    return openSync(path, 'wx');
  } catch {
    rmSync(path, { force: true });
    return openSync(path, 'wx');
  }
}

async function writeBlocks(file: number, content: Content, signal: AbortSignal): Promise<void> {
  const block = blockWriter(file);
  try {
    if ('from' in content) {
      signal.throwIfAborted();
      block.add(content.head);
      const range = { ...content.pixels };
      while (range.start < range.end) range.start += block.addFrom(content.from, range);
    } else {
      for await (const chunk of content) {
        signal.throwIfAborted();
        block.add(chunk);
      }
    }
    block.end();
  } finally {
    block.giveBack();
  }
}

/** Memory that files take turns with. */
const blocks: Uint8Array[] = [];

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
    add(chunk: Uint8Array): void {
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
    end: () => writeAll(file, block.subarray(0, filled)),
    giveBack: () => blocks.push(block),
  };
}

/** A full disk may take a part of what it is given. */
function writeAll(file: number, bytes: Uint8Array, position?: number): void {
  for (let written = 0; written < bytes.length; ) {
    const at = position === undefined ? undefined : position + written;
    written += writeSync(file, bytes, written, bytes.length - written, at);
  }
}
