import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../../core/policy/limits.ts';
import { planBatches } from '../../../../core/submission/planning/planBatches.ts';

const sha256 = 'a'.repeat(64);

describe('the batches of one object', () => {
  test('hold every announced file once, in the order of the bytes, each within its limits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 90_000_000 }), { minLength: 1, maxLength: 40 }),
        fc.nat(),
        (sizes, seed) => {
          let offset = 0;
          const entries = sizes.map((size, index) => {
            const entry = {
              name: `n${index}`,
              offset,
              storedBytes: size,
              sizeBytes: size,
              method: 'store' as const,
              crc32: 0,
            };
            offset += size + 40;
            return entry;
          });
          const lines = entries.map(({ name, sizeBytes }, file) => ({ file, path: name, size: sizeBytes, sha256 }));
          const rotated = [...lines.slice(seed % lines.length), ...lines.slice(0, seed % lines.length)];
          const plans = planBatches({
            object: 'pack-000001',
            versionId: 'v',
            sizeBytes: offset,
            lines: rotated,
            entries,
          });
          expect(plans.flatMap(({ files }) => files.map(({ file }) => file))).toEqual(lines.map(({ file }) => file));
          for (const { files, rangeStart, rangeEnd } of plans) {
            expect(
              files.length === 1 || files.reduce((sum, each) => sum + each.storedBytes, 0) <= limits.batchBytes,
            ).toBe(true);
            expect(rangeStart).toBe(files[0]?.offset);
            expect(rangeEnd).toBeGreaterThanOrEqual((files.at(-1)?.offset ?? 0) + (files.at(-1)?.storedBytes ?? 0));
          }
        },
      ),
    );
  });

  test('keep a file that the pack lacks, without an offset', () => {
    const lines = [{ file: 0, path: 'absent', size: 5, sha256 }];
    const [plan] = planBatches({ object: 'pack-000001', versionId: 'v', sizeBytes: 22, lines, entries: [] });
    expect(plan?.files).toEqual([{ file: 0, sizeBytes: 5, sha256, storedBytes: 0, method: 'store' }]);
  });

  test('cut a pack by what its files inflate to: that is the work of a map item', () => {
    const entries = [0, 1, 2].map((index) => ({
      ...{ name: `n${index}`, offset: index * 1000, storedBytes: 900, sizeBytes: limits.batchBytes / 2, crc32: 0 },
      method: 'deflate' as const,
    }));
    const lines = entries.map(({ name, sizeBytes }, file) => ({ file, path: name, size: sizeBytes, sha256 }));
    const plans = planBatches({ object: 'pack-000001', versionId: 'v', sizeBytes: 4000, lines, entries });
    expect(plans.map(({ rangeStart, rangeEnd, files }) => [rangeStart, rangeEnd, files.length])).toEqual([
      [0, 2000, 2],
      [2000, 4000, 1],
    ]);
  });

  test('cut a pack of many small files by their number', () => {
    const entries = Array.from({ length: limits.batchFiles + 1 }, (_, index) => ({
      ...{ name: `n${index}`, offset: index * 50, storedBytes: 10, sizeBytes: 10, crc32: 0 },
      method: 'store' as const,
    }));
    const lines = entries.map(({ name }, file) => ({ file, path: name, size: 10, sha256 }));
    const plans = planBatches({ object: 'pack-000001', versionId: 'v', sizeBytes: 99_999, lines, entries });
    expect(plans.map(({ files }) => files.length)).toEqual([limits.batchFiles, 1]);
  });
});
