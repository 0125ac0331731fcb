import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blankRectangles, type PixelLayout } from '../../../core/dicom/blankRectangles.ts';
import { chunked, collect } from '../../fixtures/deidContext.ts';

/** What the bytes should be, sample by sample. */
function naive(bytes: Uint8Array, rectangles: Parameters<typeof blankRectangles>[1], layout: PixelLayout): Uint8Array {
  const { rows, columns, sampleBytes, together, planes } = layout;
  const planeSamples = rows * columns * together;
  return bytes.map((byte, i) => {
    const sample = Math.floor(i / sampleBytes) % (planeSamples * planes);
    const pixel = Math.floor((sample % planeSamples) / together);
    const [x, y] = [pixel % columns, Math.floor(pixel / columns)];
    const isInside = rectangles.some(
      ({ left, top, width, height }) => x >= left && x < left + width && y >= top && y < top + height,
    );
    return isInside ? 0 : byte;
  });
}

const layouts = fc.record({
  rows: fc.integer({ min: 1, max: 6 }),
  columns: fc.integer({ min: 1, max: 6 }),
  frames: fc.integer({ min: 1, max: 4 }),
  sampleBytes: fc.constantFrom(1, 2, 4),
  together: fc.constantFrom(1, 3),
  planes: fc.constantFrom(1, 3),
});
const rectangle = fc.record({
  left: fc.nat(6),
  top: fc.nat(6),
  width: fc.integer({ min: 1, max: 7 }),
  height: fc.integer({ min: 1, max: 7 }),
});

describe('blankRectangles', () => {
  test('makes zeros inside the rectangles of every frame and changes nothing else, whatever the chunks', async () => {
    // Node's streams give Buffers, whose slice is no copy and whose fill ends at their end
    const settings = [
      layouts,
      fc.array(rectangle, { maxLength: 3 }),
      fc.integer({ min: 1, max: 50 }),
      fc.boolean(),
    ] as const;
    await fc.assert(
      fc.asyncProperty(...settings, async (layout, rectangles, chunkBytes, isBuffer) => {
        const { rows, columns, frames, sampleBytes, together, planes } = layout;
        const length = rows * columns * frames * sampleBytes * together * planes;
        const bytes = Uint8Array.from({ length }, (_, i) => 1 + (i % 255));
        const before = bytes.slice();
        const body = chunked(isBuffer ? Buffer.from(bytes.buffer) : bytes, chunkBytes);
        const blanked = await collect(blankRectangles(body, rectangles, layout));
        expect(blanked).toEqual(naive(bytes, rectangles, layout));
        expect(bytes).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });
});
