import { blankRectangles } from '../../dicom/blankRectangles.ts';
import type { DicomFile, DicomTail } from '../../dicom/readDicom.ts';
import type { ByteRange, Bytes, Codecs } from '../../submission/ports.ts';
import type { Blanking } from '../pixels/planBlanking.ts';

interface Parts {
  /** Everything up to the value of Pixel Data. */
  head: Uint8Array;
  /** So much of it is preamble and file meta. */
  metaBytes: number;
  blanking: Blanking | undefined;
  codecs: Codecs;
  /** Takes what stands after the pixels, once it was read. */
  onTail: (tail: DicomTail) => void;
}

/**
 * The new file as a stream: meta, head, pixels; deflated again where the input was. Reads the input to its end, so that
 * a cut is found, and passes nothing of its tail on.
 */
export async function* writeOutput(file: DicomFile, parts: Parts): AsyncGenerator<Uint8Array, void> {
  const { head, metaBytes, codecs, blanking } = parts;
  const isDeflated = file.encoding.deflated;
  yield isDeflated ? head.subarray(0, metaBytes) : head;
  const pixels =
    file.pixels && blanking ? blankRectangles(file.pixels, blanking.rectangles, blanking.layout) : file.pixels;
  const rest = isDeflated ? deflate(chain(head.subarray(metaBytes), pixels), codecs) : pixels;
  if (rest !== undefined) for await (const chunk of rest) yield chunk;
  parts.onTail(await file.tail());
}

/** Where the pixels of an output will be: a range of the input, as it lies there, behind so many bytes. */
export interface Layout {
  headBytes: number;
  pixels: ByteRange;
}

/** An output as what it is made of: new bytes, and behind them a range of the input, byte by byte as it lies there. */
export interface Splice {
  head: Uint8Array;
  pixels: ByteRange;
}

/** Undefined where the pixels do not pass as they lie in the input. */
export const passingRange = ({ nativeRange }: DicomFile, blanking: Blanking | undefined): ByteRange | undefined =>
  blanking === undefined ? nativeRange : undefined;

/**
 * The new file for who can copy ranges of the input: undefined where the pixels do not pass as they lie there. Goes over
 * the input to its end, as writeOutput reads it: only one of the two can be had.
 */
export async function spliceOutput(file: DicomFile, parts: Parts): Promise<Splice | undefined> {
  const pixels = passingRange(file, parts.blanking);
  if (pixels === undefined) return undefined;
  await file.passPixels();
  parts.onTail(await file.tail());
  return { head: parts.head, pixels };
}

async function* chain(first: Uint8Array, rest: Bytes | undefined): AsyncGenerator<Uint8Array, void> {
  yield first;
  if (rest !== undefined) yield* rest;
}

/** PS3.5 §A.5: the deflated data set is padded to even length. */
async function* deflate(data: Bytes, codecs: Codecs): AsyncGenerator<Uint8Array, void> {
  let length = 0;
  for await (const chunk of codecs.deflateRaw(data)) {
    length += chunk.length;
    yield chunk;
  }
  if (length % 2 === 1) yield new Uint8Array(1);
}
