import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { deidentify } from '../../../core/deid/deidentify.ts';
import type { Layout } from '../../../core/deid/edits/writeOutput.ts';
import { concatBytes } from '../../../core/dicom/encodeElement.ts';
import { synthesizeCtSlice } from '../../../core/dicom/synthesizeCt.ts';
import { chunked, deidentifyBytes, labels, nodeCodecs, policyWith, projectKey } from '../../fixtures/deidContext.ts';
import {
  explicitBig,
  explicitLittle,
  fragments,
  implicitLittle,
  pixels,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
} from '../../fixtures/writeDicom.ts';

const picture = pixels(Uint8Array.from({ length: 3000 }, (_, i) => i % 251));
const spliceOf = async (bytes: Uint8Array, deid: Parameters<typeof policyWith>[0] = {}) =>
  (
    await deidentify(chunked(bytes), { codecs: nodeCodecs, key: projectKey, policy: policyWith(deid), labels })
  ).splice();

test.each([
  ['a CT slice', synthesizeCtSlice({ seed: 'splice', series: 1, instance: 1, rows: 64, columns: 64 })],
  ...(
    [
      ['implicit VR', '1.2.840.10008.1.2', implicitLittle],
      ['big endian', '1.2.840.10008.1.2.2', explicitBig],
      ['bytes behind the pixels', '1.2.840.10008.1.2.1', explicitLittle],
    ] as const
  ).map(([name, transferSyntax, form]): [string, Uint8Array] => {
    const file = writeFile({ transferSyntax, data: writeElements(withIdentity(picture), form) });
    return [name, concatBytes([file, new Uint8Array(40)])];
  }),
])('a head and a range of the input make the output of %s', async (_, bytes) => {
  const splice = await spliceOf(bytes);
  const { bytes: output } = await deidentifyBytes(bytes);
  const { head = new Uint8Array(0), pixels: range = { start: 0, end: 0 } } = splice ?? {};
  expect(range.end).toBeGreaterThan(range.start);
  expect(concatBytes([head, bytes.subarray(range.start, range.end)])).toEqual(output);
});

const data = writeElements(withIdentity(picture), explicitLittle);
test.each<[string, Uint8Array]>([
  [
    'compressed',
    writeFile({
      transferSyntax: '1.2.840.10008.1.2.4.50',
      data: concatBytes([writeElements(withIdentity(), explicitLittle), fragments([new Uint8Array(8)])]),
    }),
  ],
  ['deflated', writeFile({ transferSyntax: '1.2.840.10008.1.2.1.99', data: deflateRawSync(data) })],
  ['not there', writeFile({ data: writeElements(withIdentity(), explicitLittle) })],
])('pixels that are %s lie in no range', async (_, bytes) => {
  expect(await spliceOf(bytes)).toBeUndefined();
});

describe('who can copy pixels beside the proof', () => {
  const told = async (bytes: Uint8Array) => {
    const layouts: Layout[] = [];
    const onLayout = async (layout: Layout) => void layouts.push(layout);
    const context = { codecs: nodeCodecs, key: projectKey, policy: policyWith(), labels, onLayout };
    const cleaned = deidentify(chunked(bytes), context);
    return { layouts, splice: await cleaned.then(({ splice }) => splice()).catch(({ name }) => name) };
  };

  test('is told where they will be', async () => {
    const { layouts, splice } = await told(writeFile({ data }));
    expect(layouts).toEqual([{ headBytes: splice.head.length, pixels: splice.pixels }]);
    expect(splice.head).toEqual((await spliceOf(writeFile({ data })))?.head);
  });

  test('is told of a file that the proof refuses as well', async () => {
    const name: TestElement = { tag: 0x00100010, vr: 'PN', value: 'Zzyzxburg^Quillabeth' };
    const kept: TestElement = { tag: 0x00081090, vr: 'LO', value: 'made for QUILLABETH' };
    const { layouts, splice } = await told(
      writeFile({ data: writeElements(withIdentity(kept, name, picture), explicitLittle) }),
    );
    expect(layouts).toHaveLength(1);
    expect(splice).toBe('ResidualIdentifier');
  });

  test('is told nothing where they pass otherwise', async () => {
    expect((await told(writeFile({ data: writeElements(withIdentity(), explicitLittle) }))).layouts).toEqual([]);
  });
});

test('a cut in the pixels is found before anything is copied', async () => {
  const file = writeFile({ data });
  await expect(spliceOf(file.subarray(0, -1))).rejects.toMatchObject({ name: 'DicomTruncated' });
});

test('pixels of which a part is blacked out lie in no range', async () => {
  const bytes = synthesizeCtSlice({ seed: 'splice', series: 1, instance: 1, rows: 64, columns: 64 });
  const rule = { modality: 'CT', rows: 64, columns: 64, rectangles: [{ left: 0, top: 0, width: 8, height: 8 }] };
  expect(await spliceOf(bytes, { cleanPixels: [rule] })).toBeUndefined();
});

test('a hundred thousand elements behind the pixels are counted as removed', async () => {
  const many = Array.from({ length: 200_000 }, (_, i) => ({
    tag: 0x7fe11000 + (i % 0xf000) + 0x20000 * Math.floor(i / 0xf000),
    vr: 'LO',
  }));
  const { bytes, actions } = await deidentifyBytes(
    concatBytes([writeFile({ data }), writeElements(many, explicitLittle)]),
    {},
    1024 * 1024,
  );
  expect(bytes).toEqual((await deidentifyBytes(writeFile({ data }))).bytes);
  expect(actions.removed).toBeGreaterThanOrEqual(200_000);
});
