import { limits } from '../policy/limits.ts';
import { DomainError } from '../submission/codes/DomainError.ts';
import type { ByteRange, Bytes, Codecs } from '../submission/ports.ts';
import { type ByteSource, byteSource, collectBytes, readQueue, type SkippableBytes } from './byteSource.ts';
import { dicomFault } from './dicomFault.ts';
import { at, createElementIndex, type ElementIndex, flag } from './elementIndex.ts';
import { releaseMemory } from './growingMemory.ts';
import { proveTiling, requireUniqueTags } from './proveTiling.ts';
import { type FileMeta, readFileMeta } from './readFileMeta.ts';
import { type ElementScan, scanElements } from './scanElements.ts';
import { skipPixelValue, streamPixelValue } from './streamPixelValue.ts';
import { type Encoding, encodingOf } from './transferSyntax.ts';
import { vr } from './vr.ts';

/** What follows Pixel Data. */
export interface DicomTail {
  bytes: Uint8Array;
  index: ElementIndex;
  /** Bytes behind the last element: padding or a payload that no reader expects. */
  trailingBytes: number;
}

/**
 * A DICOM file in three parts. The head is held: everything before the value of Pixel Data. The pixels pass by. The
 * tail can be read when they have passed.
 */
export interface DicomFile {
  meta: FileMeta;
  encoding: Encoding;
  /** Starts with the first byte of the file; the data set is inflated where it was deflated. */
  head: Uint8Array;
  /** Elements of the data set in `head`; the last one is Pixel Data, whose end is the end of `head`, if there is one. */
  index: ElementIndex;
  /**
   * The value as it lies in the file (7FE0,0010, 0008 or 0009), with item headers and the closing delimiter when
   * encapsulated; undefined without pixels. Read it once and to its end.
   * @throws DomainError with a code of dicomFaults
   */
  pixels: Bytes | undefined;
  /** Instead of reading `pixels`: native ones that the body can go over are not read. @throws as they do */
  passPixels(): Promise<void>;
  /** Length of native pixels as the element states it; undefined without pixels and for encapsulated ones. */
  nativeBytes: number | undefined;
  /** Where native pixels lie in the file; undefined where there are none, and in a deflated file. */
  nativeRange: ByteRange | undefined;
  /** Fragments of encapsulated pixels, without the offset table; complete when `pixels` has been read. */
  fragments(): number;
  /** @throws DomainError with a code of dicomFaults */
  tail(): Promise<DicomTail>;
  /** Gives the memory of `head` and `index` back at once, which are a third of a GB at most: neither can be read then. */
  release(): void;
}

/**
 * Reads a file of any transfer syntax as a stream: one pass, no recursion, at most limits.dicomHeadBytes held. The
 * body's iterator is not closed, so that after a refusal the caller can read what is left.
 * @throws DomainError with a code of dicomFaults, byte offset and tag
 */
export async function readDicom(body: SkippableBytes, codecs: Codecs): Promise<DicomFile> {
  const raw = byteSource(body[Symbol.asyncIterator]());
  const meta = await readFileMeta(raw);
  const encoding = encodingOf(meta.transferSyntax);
  const source = encoding.deflated ? inflateFrom(raw, meta.end, codecs) : raw;
  const scan = scanElements({ start: meta.end, ...encoding, part: 'set' });
  const stop = await scanSet(scan, source);
  const hasPixels = stop === 'pixels';
  const end = scan.position;
  if (hasPixels) closePixelElement(scan.index, end);
  proveTiling(scan.index, meta.end, end);
  if (scan.isUnordered) requireUniqueTags(scan.index);
  const queue = source.from(end);
  const last = scan.index.count - 1;
  const value = hasPixels ? pixelValue(source, scan.index, encoding) : undefined;
  const pixels = value && streamPixelValue(queue, value);
  return {
    meta,
    encoding,
    head: source.bytes.subarray(0, end),
    index: scan.index,
    pixels,
    async passPixels() {
      if (value?.lengthBytes !== undefined && body.skip !== undefined && !encoding.deflated) {
        skipPixelValue(queue, { ...value, lengthBytes: value.lengthBytes }, body.skip);
      } else if (pixels !== undefined) for await (const _ of pixels);
    },
    nativeBytes: value?.lengthBytes,
    nativeRange: encoding.deflated ? undefined : rangeOf(value),
    fragments: () => Math.max(0, (value?.items ?? 0) - 1),
    async tail() {
      const bytes = await collectBytes(readQueue(queue), limits.dicomTailBytes, end);
      if (!hasPixels) return paddingTail(bytes, end);
      return scanTail(bytes, { encoding, after: at(scan.index.tag, last) });
    },
    release() {
      source.release();
      releaseMemory(scan.index.tag);
    },
  };
}

async function scanSet(scan: ElementScan, source: ByteSource): Promise<'pixels' | 'end'> {
  for (;;) {
    const stop = scan.advance(source);
    if (stop !== 'more') return stop;
    if (await source.more()) continue;
    if (isPadding(source, scan)) return 'end';
    scan.finish(source.available);
    return 'end';
  }
}

/** Fewer than 8 zeros at the end of a file are padding, as deflated files have it (PS3.5 §A.5). */
function isPadding({ bytes, available }: ByteSource, scan: ElementScan): boolean {
  const left = bytes.subarray(scan.position, available);
  return scan.isComplete() && left.length > 0 && left.every((byte) => byte === 0);
}

function closePixelElement(index: ElementIndex, end: number): void {
  const last = index.count - 1;
  index.end[last] = end;
  index.flags[last] = at(index.flags, last) & ~flag.undefinedLength;
}

function pixelValue({ view }: ByteSource, index: ElementIndex, { bigEndian }: Encoding) {
  const last = index.count - 1;
  const offset = at(index.value, last);
  const tag = at(index.tag, last);
  const isShort = offset - at(index.start, last) === 8 && (at(index.flags, last) & flag.explicit) !== 0;
  const length = isShort ? view.getUint16(offset - 2, !bigEndian) : view.getUint32(offset - 4, !bigEndian);
  const code = at(index.vr, last);
  if (length === 0xffffffff && code !== vr.OB && code !== vr.OW) {
    throw dicomFault('DicomLengthUndefined', 'its VR allows no undefined length', { offset, tag });
  }
  return { tag, offset, lengthBytes: length === 0xffffffff ? undefined : length, bigEndian, items: 0 };
}

const rangeOf = (value: ReturnType<typeof pixelValue> | undefined): ByteRange | undefined =>
  value?.lengthBytes === undefined ? undefined : { start: value.offset, end: value.offset + value.lengthBytes };

const noElements = createElementIndex(1);

function scanTail(bytes: Uint8Array, { encoding, after }: { encoding: Encoding; after: number }): DicomTail {
  if (bytes.length === 0) return { bytes, index: noElements, trailingBytes: 0 };
  const scan = scanElements({ start: 0, ...encoding, part: 'tail', after });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stop = scan.advance({ view, available: bytes.length });
  const isShortRest = stop === 'more' && scan.isComplete() && scan.position <= bytes.length;
  if (stop === 'more' && !isShortRest) scan.finish(bytes.length);
  return { bytes, index: scan.index, trailingBytes: bytes.length - scan.position };
}

/** Without Pixel Data nothing but zeros may follow the elements: anything else was to be an element. */
function paddingTail(bytes: Uint8Array, offset: number): DicomTail {
  const payload = bytes.findIndex((byte) => byte !== 0);
  if (payload >= 0) throw dicomFault('DicomGap', 'the data set has a gap of zeros', { offset: offset + payload });
  return scanTail(new Uint8Array(0), { encoding: encodingOf(''), after: 0 });
}

/** Replaces everything after the file meta group by its inflated bytes. */
function inflateFrom(raw: ByteSource, end: number, codecs: Codecs): ByteSource {
  const counted = { in: 0 };
  const inflated = inflateCounted(countBytes(readQueue(raw.from(end)), counted), counted, codecs);
  return byteSource(inflated, raw.bytes.slice(0, end));
}

async function* countBytes(body: Bytes, counted: { in: number }): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of body) {
    counted.in += chunk.length;
    yield chunk;
  }
}

/** Small files may have any ratio: the bound is on memory and time, not on luck with zeros. */
const alwaysAllowedBytes = 16 * 1024 * 1024;

async function* inflateCounted(deflated: Bytes, counted: { in: number }, codecs: Codecs) {
  let out = 0;
  try {
    for await (const chunk of codecs.inflateRaw(deflated)) {
      out += chunk.length;
      if (out > alwaysAllowedBytes && out > counted.in * limits.dicomInflateRatio) {
        const why = `it inflates to more than ${limits.dicomInflateRatio} times its size`;
        throw dicomFault('DicomInflatesTooFar', why, { offset: out });
      }
      yield chunk;
    }
  } catch (cause) {
    if (DomainError.is(cause)) throw cause;
    // zlib and the Web API name a cut and a broken stream differently; both mean that this is no whole deflated set
    throw dicomFault('DicomDeflateBroken', 'its deflated data is broken or cut', { offset: out });
  }
}
