import type { ChunkQueue, SkippableBytes } from './byteSource.ts';
import { dicomFault } from './dicomFault.ts';
import { itemTag, sequenceEndTag } from './elementIndex.ts';

/** Where the value of Pixel Data starts and how it is written. */
interface PixelValue {
  tag: number;
  offset: number;
  /** Undefined for encapsulated fragments, which end by a delimiter. */
  lengthBytes: number | undefined;
  bigEndian: boolean;
  /** Items so far: the offset table and the fragments. */
  items: number;
}

/**
 * Passes the value of Pixel Data through, chunk by chunk and byte by byte, and leaves the queue behind it. Fragments
 * are walked, not decoded, so that the end is known; their delimiter is the last of the value.
 * @throws DomainError DicomTruncated, DicomDelimiterMisplaced
 */
export async function* streamPixelValue(queue: ChunkQueue, pixels: PixelValue): AsyncGenerator<Uint8Array, void> {
  const walk = pixels.lengthBytes === undefined ? fragmentWalk(pixels) : lengthWalk(pixels.lengthBytes);
  let offset = pixels.offset;
  while (!walk.isComplete()) {
    const chunk = await queue.next();
    if (chunk === undefined) throw truncated(pixels, offset);
    const taken = walk.take(chunk);
    offset += taken;
    if (taken < chunk.length) queue.putBack(chunk.subarray(taken));
    if (taken > 0) yield chunk.subarray(0, taken);
  }
}

const truncated = ({ offset, tag }: PixelValue, end: number) =>
  dicomFault('DicomTruncated', `its value ends at byte ${end}`, { offset, tag });

/**
 * Leaves the queue behind a value of known length without reading it.
 * @throws DomainError DicomTruncated
 */
export function skipPixelValue(
  queue: ChunkQueue,
  pixels: PixelValue & { lengthBytes: number },
  skip: NonNullable<SkippableBytes['skip']>,
) {
  const held = queue.takeHeld() ?? new Uint8Array(0);
  const inHeld = Math.min(held.length, pixels.lengthBytes);
  if (inHeld < held.length) queue.putBack(held.subarray(inHeld));
  const passed = inHeld < pixels.lengthBytes ? inHeld + skip(pixels.lengthBytes - inHeld) : inHeld;
  if (passed < pixels.lengthBytes) throw truncated(pixels, pixels.offset + passed);
}

/** Decides how many bytes of a chunk belong to the value. */
interface Walk {
  isComplete(): boolean;
  take(chunk: Uint8Array): number;
}

function lengthWalk(lengthBytes: number): Walk {
  let left = lengthBytes;
  return {
    isComplete: () => left === 0,
    take(chunk) {
      const taken = Math.min(left, chunk.length);
      left -= taken;
      return taken;
    },
  };
}

function fragmentWalk(pixels: PixelValue): Walk {
  const { tag, offset, bigEndian } = pixels;
  const header = new DataView(new ArrayBuffer(8));
  let headerFill = 0;
  let fragmentLeft = 0;
  let position = offset;
  let isComplete = false;

  function endHeader(): void {
    headerFill = 0;
    const itemOrEnd = ((header.getUint16(0, !bigEndian) << 16) | header.getUint16(2, !bigEndian)) >>> 0;
    const length = header.getUint32(4, !bigEndian);
    if (itemOrEnd === sequenceEndTag && length === 0) {
      isComplete = true;
    } else if (itemOrEnd === itemTag && length !== 0xffffffff) {
      fragmentLeft = length;
      pixels.items += 1;
    } else {
      throw dicomFault('DicomDelimiterMisplaced', 'a fragment or the end of the fragments is due', {
        offset: position - 8,
        tag,
      });
    }
  }

  function fillHeader(bytes: Uint8Array): void {
    for (const byte of bytes) {
      header.setUint8(headerFill, byte);
      headerFill += 1;
    }
    if (headerFill === 8) endHeader();
  }

  return {
    isComplete: () => isComplete,
    take(chunk) {
      let taken = 0;
      while (taken < chunk.length && !isComplete) {
        const isInFragment = fragmentLeft > 0;
        const step = Math.min(isInFragment ? fragmentLeft : 8 - headerFill, chunk.length - taken);
        position += step;
        if (isInFragment) fragmentLeft -= step;
        else fillHeader(chunk.subarray(taken, taken + step));
        taken += step;
      }
      return taken;
    },
  };
}
