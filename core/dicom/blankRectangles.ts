import type { Rectangle } from '../policy/Rectangle.ts';
import type { Bytes } from '../submission/ports.ts';
import { at } from './elementIndex.ts';
import { frameCount } from './frameCount.ts';
import type { DicomFile } from './readDicom.ts';
import { readNumber, readText } from './readText.ts';
import { vr } from './vr.ts';

/** How native pixels lie in the value (PS3.5 §8.1, PS3.3 §C.7.6.3). */
export interface PixelLayout {
  rows: number;
  columns: number;
  frames: number;
  /** Bytes of one sample. */
  sampleBytes: number;
  /** Samples that lie together: all of a pixel, or one where each colour has a plane of its own. */
  together: number;
  planes: number;
}

/**
 * Layout of native Pixel Data whose samples are whole bytes, in their order, and fill the value; undefined for
 * compressed, subsampled, bit-packed, byte-swapped and floating pixels: no rectangle can be blacked out there without
 * decoding.
 */
export function nativeLayout({ head, index, nativeBytes, encoding }: DicomFile): PixelLayout | undefined {
  const number = (tag: number) => readNumber({ head, index }, tag) ?? 0;
  const samples = Math.max(1, number(0x00280002));
  const bits = number(0x00280100);
  const isSubsampled = /_42[02]$/.test(readText(head, index, 0x00280004) ?? '');
  const last = index.count - 1;
  // PS3.5 §7.3: OW is words, of which each has its high byte first
  const isSwapped = encoding.bigEndian && at(index.vr, last) === vr.OW && bits % 16 !== 0;
  const isLaidOut = at(index.tag, last) === 0x7fe00010 && bits > 0 && bits % 8 === 0 && !isSubsampled && !isSwapped;
  if (nativeBytes === undefined || !isLaidOut) return undefined;
  const isByPlane = samples > 1 && number(0x00280006) === 1;
  const layout = {
    rows: number(0x00280010),
    columns: number(0x00280011),
    frames: frameCount({ head, index }),
    sampleBytes: bits / 8,
    together: isByPlane ? 1 : samples,
    planes: isByPlane ? samples : 1,
  };
  // Bytes beyond the last frame would stay as they are: one may pad, more may show something
  const beyond = nativeBytes - layout.frames * frameBytesOf(layout);
  return beyond === 0 || beyond === 1 ? layout : undefined;
}

const frameBytesOf = ({ rows, columns, sampleBytes, together, planes }: PixelLayout) =>
  rows * columns * sampleBytes * together * planes;

/** Passes native pixels on with zeros inside the rectangles of every frame. The chunks of the source stay as they are. */
export async function* blankRectangles(
  pixels: Bytes,
  rectangles: readonly Rectangle[],
  layout: PixelLayout,
): AsyncGenerator<Uint8Array, void> {
  const { frames } = layout;
  const frameBytes = frameBytesOf(layout);
  const ranges = rangesOf(rectangles, layout);
  let position = 0;
  for await (const chunk of pixels) {
    const blanked = new Uint8Array(chunk);
    const end = Math.min(position + chunk.length, frames * frameBytes);
    for (let frame = Math.floor(position / frameBytes); frame * frameBytes < end; frame += 1) {
      const shift = frame * frameBytes - position;
      for (const [from, to] of ranges) {
        if (shift + to > 0 && shift + from < blanked.length) blanked.fill(0, Math.max(0, shift + from), shift + to);
      }
    }
    position += chunk.length;
    yield blanked;
  }
}

/** Byte ranges of one frame, a row of a rectangle each. */
function rangesOf(rectangles: readonly Rectangle[], layout: PixelLayout): Array<[number, number]> {
  const { rows, columns, sampleBytes, together, planes } = layout;
  const pixelBytes = sampleBytes * together;
  const ranges: Array<[number, number]> = [];
  for (let plane = 0; plane < planes; plane += 1) {
    for (const { left, top, width, height } of rectangles) {
      for (let row = top; row < Math.min(top + height, rows); row += 1) {
        const from = ((plane * rows + row) * columns + left) * pixelBytes;
        ranges.push([from, from + Math.min(width, columns - left) * pixelBytes]);
      }
    }
  }
  return ranges;
}
