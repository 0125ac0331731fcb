import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at } from '../../../core/dicom/elementIndex.ts';
import { proveTiling } from '../../../core/dicom/proveTiling.ts';
import { readDicom } from '../../../core/dicom/readDicom.ts';
import { chunked, nodeCodecs } from '../../fixtures/deidContext.ts';
import {
  explicitLittle,
  implicitLittle,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
} from '../../fixtures/writeDicom.ts';

const name: TestElement = { tag: 0x00100010, vr: 'PN', value: 'Zzyzx' };
const bytes = writeFile({
  data: writeElements(
    withIdentity(
      { tag: 0x00081115, vr: 'SQ', items: [[name, { tag: 0x00081199, vr: 'SQ', items: [[name], []] }], [name]] },
      { tag: 0x00081140, vr: 'SQ', items: [[name], [name]], isUndefined: true },
      { tag: 0x00089215, vr: 'UN', items: [[name]], itemForm: implicitLittle },
      name,
      { tag: 0x00400275, vr: 'SQ' },
    ),
    explicitLittle,
  ),
});
const indexed = async () => (await readDicom(chunked(bytes), nodeCodecs)).index;

test('ranges that the scan makes tile the data set, to its last byte', async () => {
  const index = await indexed();
  proveTiling(index, at(index.start, 0), bytes.length);
  expect(index.count).toBeGreaterThan(20);
  for (const [start, end] of [
    [at(index.start, 0) - 1, bytes.length],
    [at(index.start, 0), bytes.length - 1],
    [at(index.start, 0), bytes.length + 1],
  ] as const)
    expect(() => proveTiling(index, start, end)).toThrow(expect.objectContaining({ name: 'DicomMalformed' }));
});

test('no range can begin or end elsewhere: each gap and each overlap is found', async () => {
  const { count } = await indexed();
  await fc.assert(
    fc.asyncProperty(
      fc.nat(count - 1),
      fc.constantFrom('start', 'end'),
      fc.integer({ min: -40, max: 40 }).filter((by) => by !== 0),
      async (node, edge, by) => {
        const index = await indexed();
        const [start, end] = [at(index.start, 0), bytes.length];
        index[edge][node] = at(index[edge], node) + by;
        expect(() => proveTiling(index, start, end)).toThrow(expect.objectContaining({ name: 'DicomMalformed' }));
      },
    ),
    { numRuns: 300 },
  );
});

test('no element can be left out, or belong to another item', async () => {
  const { count } = await indexed();
  for (let node = 1; node < count; node += 1) {
    const index = await indexed();
    const [start, end] = [at(index.start, 0), bytes.length];
    const parent = at(index.parent, node);
    for (let other = -1; other < node; other += 1) {
      if (other === parent) continue;
      index.parent[node] = other;
      expect(() => proveTiling(index, start, end)).toThrow(expect.objectContaining({ name: 'DicomMalformed' }));
    }
  }
});
