import { limits } from '../policy/limits.ts';
import type { Bytes } from '../submission/ports.ts';
import { dicomFault } from './dicomFault.ts';
import { concatBytes } from './encodeElement.ts';
import { largerSize, releaseMemory } from './growingMemory.ts';

/** A stream that may let its reader go over bytes, between two chunks, instead of reading them. */
export interface SkippableBytes extends Bytes {
  /** Goes over the next `count` bytes, or over what is left where there are fewer; answers over how many. */
  skip?: ((count: number) => number) | undefined;
}

/** A stream that can be read up to a point and then be handed on. */
export interface ChunkQueue {
  next(): Promise<Uint8Array | undefined>;
  putBack(chunk: Uint8Array): void;
  /** What was read and not yet taken. */
  takeHeld(): Uint8Array | undefined;
}

/** The start of a stream, held in memory as far as it was asked for. */
export interface ByteSource {
  bytes: Uint8Array;
  view: DataView;
  /** `bytes` where they are memory of our own and not the stream's. */
  own?: Uint8Array<ArrayBuffer>;
  /** Bytes that are valid. */
  available: number;
  /** Adds the next chunk; false at the end. @throws DomainError DicomHeadTooLarge beyond limits.dicomHeadBytes */
  more(): Promise<boolean>;
  /** Adds chunks until `count` bytes are available; false when the stream ends before. */
  reach(count: number): Promise<boolean>;
  /** Everything from an offset on: what is held, then what comes; nothing of it is in memory that is given back. */
  from(offset: number): ChunkQueue;
  /** Gives back memory of its own: `bytes` can be read no more. */
  release(): void;
}

/** Reads a stream by one iterator that is never closed here, so that the caller can read what is left. */
export function byteSource(iterator: AsyncIterator<Uint8Array>, prefix = new Uint8Array(0)): ByteSource {
  const source: ByteSource = {
    bytes: prefix,
    view: viewOf(prefix),
    available: prefix.length,
    async more() {
      if (source.available >= limits.dicomHeadBytes) {
        const why = `more than ${limits.dicomHeadBytes} bytes before Pixel Data`;
        throw dicomFault('DicomHeadTooLarge', why, { offset: source.available });
      }
      const next = await iterator.next();
      if (next.done === true) return false;
      append(source, next.value);
      return true;
    },
    async reach(count) {
      while (source.available < count) if (!(await source.more())) return false;
      return true;
    },
    from(offset) {
      const held = source.bytes.subarray(offset, source.available);
      return chunkQueue(iterator, source.own === undefined ? held : held.slice());
    },
    release() {
      if (source.own !== undefined) releaseMemory(source.own);
    },
  };
  return source;
}

function append(source: ByteSource, chunk: Uint8Array): void {
  const needed = source.available + chunk.length;
  if (source.available === 0) {
    source.bytes = chunk;
    source.view = viewOf(chunk);
  } else {
    // The first chunk is the stream's own memory, exactly full: it is copied before anything is added
    if (needed > source.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, largerSize(source.available, 1)));
      larger.set(source.bytes.subarray(0, source.available));
      if (source.own !== undefined) releaseMemory(source.own);
      source.own = larger;
      source.bytes = larger;
      source.view = viewOf(larger);
    }
    source.bytes.set(chunk, source.available);
  }
  source.available = needed;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function chunkQueue(iterator: AsyncIterator<Uint8Array>, first: Uint8Array): ChunkQueue {
  let held = first.length === 0 ? undefined : first;
  const takeHeld = () => {
    const chunk = held;
    held = undefined;
    return chunk;
  };
  return {
    async next() {
      if (held !== undefined) return takeHeld();
      const result = await iterator.next();
      return result.done === true ? undefined : result.value;
    },
    putBack(chunk) {
      held = chunk;
    },
    takeHeld,
  };
}

/** The rest of a queue as a stream; its consumer cannot close what is behind it. */
export async function* readQueue(queue: ChunkQueue): AsyncGenerator<Uint8Array, void> {
  for (let chunk = await queue.next(); chunk !== undefined; chunk = await queue.next()) yield chunk;
}

/** All bytes of a stream as one array, at most `limit` of them. @throws DomainError DicomTailTooLarge */
export async function collectBytes(body: Bytes, limit: number, offset: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > limit) {
      throw dicomFault('DicomTailTooLarge', `more than ${limit} bytes after Pixel Data`, { offset });
    }
    // It may be valid until the next one is asked for; a slice of a Buffer is no copy
    chunks.push(new Uint8Array(chunk));
  }
  return concatBytes(chunks);
}
