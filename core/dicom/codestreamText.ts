import { bytesToText } from './bytesToText.ts';
import { copyBytes } from './copyBytes.ts';

/** Where a compressed image carries text of its own. */
type CodestreamText = 'comment' | 'application data' | 'bytes behind its end' | 'no offsets in its table';

interface CodestreamWatch {
  /** Takes the value of encapsulated Pixel Data, chunk by chunk, as it lies in the file. */
  see(chunk: Uint8Array): void;
  /** The first text found so far. */
  found(): CodestreamText | undefined;
}

/** Segments that decoders need, as far as their content is known: nothing else is to follow but a thumbnail. */
const known = /^(?:JFIF\0[\s\S]{0,9}|JFXX\0[\s\S]*|Adobe[\s\S]{0,7}|SPIFF\0[\s\S]{0,26}|mrfx[\s\S]*|AVI1[\s\S]*)/;
const thumbnail = /^JFIF\0[\s\S]{7}(?!\0|[\s\S]\0)/;
/** Encoders sign their work by name and version, and nothing may follow. */
const signature = new RegExp(
  `^(?![\\s\\S]*\\d{6})(?:${[
    'Created by (?:GDCM/)?OpenJPEG version',
    '(?:Creator: )?JasPer Version',
    'CREATOR: gd-jpeg v[\\d.]+ \\(using IJG JPEG v\\d+\\)(?:, quality|, default quality)?',
    'LEAD Technologies Inc\\.',
    'Intel\\(R\\) (?:JPEG Library|IPP JPEG encoder)(?: \\[[\\d., ]+\\] - )?',
    'Kakadu-?v?',
    'Kdu-Layer-Info: log_2\\{Delta-D\\((?:squared-error|MSE)\\)/Delta-L\\(bytes\\)\\}, L\\(bytes\\)',
    'Lavc',
    'OpenJPH(?: Ver)?',
    'Grok',
  ].join('|')})[\\dv.,;=+e\\s\\0()-]*$`,
  'i',
);
/** Four letters in a row make a word; six characters of a line may be an id, a date or a short name. */
const word = /[A-Za-z\u0080-\u00ff]{4}|[A-Za-z0-9][A-Za-z0-9 .,:^/-]{4,}[A-Za-z0-9]/;
/** A fragment of nothing but text is no image. */
const plainText = /^[\t\n\r\x20-\x7e]{4,}\0*$/;
/** Behind the end of an image: no more of it is kept to be looked at. */
const restBytes = 65_536;

/**
 * Watches JPEG, JPEG-LS, JPEG 2000 and RLE images pass by (ISO/IEC 10918-1 Annex B, 14495-1, 15444-1 Annex A) for words in
 * comments, in segments of applications and extensions and behind the end of an image. Other codestreams pass unseen.
 */
export function codestreamText(): CodestreamWatch {
  let found: CodestreamText | undefined;
  const image = imageReader((text) => {
    found ??= text;
  });
  const offsets = offsetReader(() => {
    found ??= 'no offsets in its table';
  });
  const header = new DataView(new ArrayBuffer(8));
  let headerFill = 0;
  let left = 0;
  let items = 0;

  function seeHeader(byte: number): void {
    header.setUint8(headerFill, byte);
    headerFill += 1;
    if (headerFill < 8) return;
    headerFill = 0;
    left = header.getUint32(4, true);
    items += 1;
    if (items > 2) image.endFragment();
  }

  return {
    see(chunk) {
      for (let position = 0; position < chunk.length; ) {
        if (left === 0) {
          seeHeader(chunk[position] ?? 0);
          position += 1;
          continue;
        }
        const step = Math.min(left, chunk.length - position);
        const content = chunk.subarray(position, position + step);
        if (items > 1) image.see(content);
        else offsets.see(content);
        left -= step;
        position += step;
      }
    },
    found: () => found,
  };
}

/** The Basic Offset Table (PS3.5 §A.4): numbers of four bytes that start with 0 and never fall. */
function offsetReader(refuse: () => void) {
  let last = -1;
  let number = 0;
  let fill = 0;
  return {
    see(chunk: Uint8Array): void {
      for (const byte of chunk) {
        number |= byte << (8 * fill);
        fill += 1;
        if (fill < 4) continue;
        number >>>= 0;
        if (number < last || (last < 0 && number > 0)) refuse();
        last = number;
        number = 0;
        fill = 0;
      }
    },
  };
}

/**
 * What a walk through an image needs next: so many bytes, or none of so many, the next marker, or all to the end. Bytes
 * are valid until it needs the next.
 */
type Need = { readonly take: number } | { skip: number } | 'marker' | 'rest';
type Walk = Generator<Need, void, Uint8Array>;

const take = (count: number): Need => ({ take: count });
const number16 = (bytes: Uint8Array, from = 0) => ((bytes[from] ?? 0) << 8) | (bytes[from + 1] ?? 0);
const number32 = (bytes: Uint8Array, from: number) => number16(bytes, from) * 0x10000 + number16(bytes, from + 2);
const textOf = (bytes: Uint8Array) => bytesToText(bytes, 0, bytes.length);

type Report = (text: CodestreamText) => void;

function* walkImages(report: Report): Walk {
  for (let isFirst = true; ; isFirst = false) {
    const opened = yield take(2);
    const start = number16(opened);
    const opening = textOf(opened);
    const isWhole = yield* walkImage(start, report);
    const rest = textOf(yield 'rest');
    if (isWhole && word.test(rest)) report('bytes behind its end');
    if (!isFirst && plainText.test(opening + rest)) report('bytes behind its end');
  }
}

/** Goes as far as the image tells of itself; true when it ended as it should. */
function* walkImage(start: number, report: Report): ImageWalk {
  if (start === 0xffd8) return yield* walkJpeg(report);
  if (start === 0xff4f) return yield* walkJpeg2000(report);
  if (start === 0) yield* walkBoxes(report);
  else if (start % 0x100 === 0 && start <= 0x0f00) yield* walkRle(start / 0x100, report);
  return false;
}

/** Boxes of JPEG XL (ISO/IEC 18181-2) that hold nothing but the image. */
const imageBoxes = new Set(['ftyp', 'jxll', 'jxli', 'jxlc', 'jxlp']);

/**
 * A JP2 file instead of a codestream: its boxes may hold anything (ISO/IEC 15444-1 Annex I). Of one of JPEG XL those of
 * Exif, XML and of the rest of a former JPEG do.
 */
function* walkBoxes(report: Report): Walk {
  const kind = textOf(yield take(6));
  if (kind === '\0\x0cjP  ') report('application data');
  if (kind !== '\0\x0cJXL ') return;
  yield take(4);
  for (;;) {
    const header = yield take(8);
    if (!imageBoxes.has(textOf(header.subarray(4)))) report('application data');
    const bytes = number32(header, 0);
    // 0: it lasts to the end; 1: its length is one of 64 bits, which no frame needs
    if (bytes < 8) return;
    yield { skip: bytes - 8 };
  }
}

/** The header of RLE (PS3.5 §G.5): how many segments there are, 15 at most, and where each begins; zero for no segment. */
function* walkRle(segments: number, report: Report): Walk {
  const header = textOf(yield take(62));
  if (header.startsWith('\0\0@\0\0\0') && word.test(header.slice(2 + 4 * segments))) report('application data');
}

type ImageWalk = Generator<Need, boolean, Uint8Array>;

/** What stands behind FF and is no segment: in coded data 00, a restart or, in JPEG-LS, a low byte. */
const isInCodedData = (marker: number) => marker < 0x80 || (marker >= 0xd0 && marker <= 0xd8);

/** True when the image ended as it should. F7 to F9 are segments of JPEG-LS. */
function* walkJpeg(report: Report): ImageWalk {
  for (;;) {
    const marker = (yield 'marker')[0] ?? 0;
    if (marker === 0xd9) return true;
    const length = number16(yield take(2)) - 2;
    if (length < 0) return false;
    if (marker === 0xfe) judge(textOf(yield take(length)), 'comment', report);
    else if (marker >= 0xe0 && (marker < 0xf7 || marker > 0xf9))
      judge(textOf(yield take(length)), 'application data', report);
    else yield { skip: length };
  }
}

function* walkJpeg2000(report: Report): ImageWalk {
  for (;;) {
    const marker = number16(yield take(2));
    if (marker === 0xffd9) return true;
    if (marker === 0xff90) {
      const partBytes = number32(yield take(10), 4);
      const headerBytes = 12 + (yield* walkTilePart(report));
      // 0: the part lasts to the end, which is not known
      if (partBytes < headerBytes) return false;
      yield { skip: partBytes - headerBytes };
    } else if (!(yield* walkSegment(marker, report))) return false;
  }
}

/** Reads the header of a tile-part up to its data; answers its length. */
function* walkTilePart(report: Report): Generator<Need, number, Uint8Array> {
  let bytes = 0;
  for (;;) {
    const marker = number16(yield take(2));
    bytes += 2;
    if (marker === 0xff93) return bytes;
    const length = yield* walkSegment(marker, report);
    if (length === 0) return Infinity;
    bytes += length;
  }
}

/** Length of a segment of JPEG 2000, 0 for what is none. A comment starts with two bytes that tell its kind. */
function* walkSegment(marker: number, report: Report): Generator<Need, number, Uint8Array> {
  if (marker < 0xff00) return 0;
  const length = number16(yield take(2));
  if (length < 2) return 0;
  if (marker !== 0xff64) yield { skip: length - 2 };
  else judge(textOf(yield take(length - 2)).slice(2), 'comment', report);
  return length;
}

function judge(text: string, kind: CodestreamText, report: Report): void {
  const isHarmless = kind === 'comment' ? signature.test(text) : thumbnail.test(text);
  const left = kind === 'comment' ? text : text.replace(known, '');
  if (!isHarmless && word.test(left)) report(kind);
}

/** Feeds a walk with what it needs, whatever the chunks. Images may go on from one fragment to the next. */
function imageReader(report: Report) {
  const walk = walkImages(report);
  let need = needOf(walk.next());
  const held = new Uint8Array(restBytes);
  let heldBytes = 0;
  let isAfterMark = false;

  function answer(bytes: Uint8Array): void {
    heldBytes = 0;
    isAfterMark = false;
    need = needOf(walk.next(bytes));
    while (typeof need === 'object' && ('skip' in need ? need.skip : need.take) === 0)
      need = needOf(walk.next(nothing));
  }

  function hold(chunk: Uint8Array, from: number, to: number): void {
    copyBytes(chunk, from, to, held, heldBytes);
    heldBytes += to - from;
  }

  /** Takes some of a chunk, from a position on; answers up to where. */
  function feed(chunk: Uint8Array, from: number): number {
    if (need === 'rest') {
      hold(chunk, from, Math.min(chunk.length, from + restBytes - heldBytes));
      return chunk.length;
    }
    if (need === 'marker') return feedMarker(chunk, from);
    if ('skip' in need) {
      const to = Math.min(chunk.length, from + need.skip);
      need.skip -= to - from;
      if (need.skip === 0) answer(nothing);
      return to;
    }
    const to = Math.min(chunk.length, from + need.take - heldBytes);
    hold(chunk, from, to);
    if (heldBytes === need.take) answer(held.subarray(0, heldBytes));
    return to;
  }

  function feedMarker(chunk: Uint8Array, from: number): number {
    if (!isAfterMark) {
      const mark = chunk.indexOf(0xff, from);
      isAfterMark = mark >= 0;
      return mark < 0 ? chunk.length : mark + 1;
    }
    // Any number of FF may stand before a marker
    if (chunk[from] === 0xff) return from + 1;
    const marker = chunk[from] ?? 0;
    if (isInCodedData(marker)) isAfterMark = false;
    else answer(Uint8Array.of(marker));
    return from + 1;
  }

  return {
    see(chunk: Uint8Array): void {
      for (let position = 0; position < chunk.length; ) position = feed(chunk, position);
    },
    endFragment(): void {
      if (need === 'rest') answer(held.subarray(0, heldBytes));
    },
  };
}

const nothing = new Uint8Array(0);

/** A walk through images has no end. */
const needOf = (result: IteratorResult<Need, void>): Need => (result.done === true ? 'rest' : result.value);
