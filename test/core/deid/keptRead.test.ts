import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { deidentify } from '../../../core/deid/deidentify.ts';
import { examineDicom } from '../../../core/deid/examineDicom.ts';
import { concatBytes } from '../../../core/dicom/encodeElement.ts';
import { synthesizeCtSlice } from '../../../core/dicom/synthesizeCt.ts';
import type { Bytes } from '../../../core/submission/ports.ts';
import { chunked, collect, labels, nodeCodecs, policyWith, projectKey } from '../../fixtures/deidContext.ts';
import {
  explicitBig,
  explicitLittle,
  fragments,
  implicitLittle,
  pixels,
  withIdentity,
  writeElements,
  writeFile,
} from '../../fixtures/writeDicom.ts';

const picture = pixels(Uint8Array.from({ length: 3000 }, (_, i) => i % 251));
const data = writeElements(withIdentity(picture), explicitLittle);
const withoutPixels = writeElements(withIdentity(), explicitLittle);
const slice = synthesizeCtSlice({ seed: 'kept', series: 1, instance: 1, rows: 64, columns: 64 });

type Deid = Parameters<typeof policyWith>[0];
const contextOf = (deid: Deid = {}) => ({ codecs: nodeCodecs, key: projectKey, policy: policyWith(deid), labels });
const readOf = async (bytes: Uint8Array, keepsBytes: number, deid: Deid = {}) =>
  (await examineDicom(chunked(bytes, 700), { ...contextOf(deid), keepsBytes })).read;

const neverRead: Bytes = {
  [Symbol.asyncIterator]: () => {
    throw new Error('The body was read');
  },
};

describe('what an examination read of a file', () => {
  test.each<[string, Uint8Array]>([
    ['a CT slice', slice],
    [
      'implicit VR',
      writeFile({ transferSyntax: '1.2.840.10008.1.2', data: writeElements(withIdentity(picture), implicitLittle) }),
    ],
    [
      'big endian',
      writeFile({ transferSyntax: '1.2.840.10008.1.2.2', data: writeElements(withIdentity(picture), explicitBig) }),
    ],
    ['bytes behind the pixels', concatBytes([writeFile({ data }), new Uint8Array(40)])],
    ['no pixels', writeFile({ data: withoutPixels })],
    [
      'no pixels, deflated',
      writeFile({ transferSyntax: '1.2.840.10008.1.2.1.99', data: deflateRawSync(withoutPixels) }),
    ],
  ])('is enough to de-identify it: %s', async (_, bytes) => {
    const read = await readOf(bytes, 100_000);
    const again = await deidentify(chunked(bytes), contextOf());
    const kept = await deidentify(neverRead, { ...contextOf(), read });
    const splice = await again.splice();
    expect(await kept.splice()).toEqual(splice);
    if (splice === undefined) expect(await collect(kept.output)).toEqual(await collect(again.output));
    expect(kept.actions).toEqual(again.actions);
    expect([...kept.changes()]).toEqual([...again.changes()]);
  });

  test.each<[string, Uint8Array, Deid?]>([
    [
      'compressed',
      writeFile({
        transferSyntax: '1.2.840.10008.1.2.4.50',
        data: concatBytes([withoutPixels, fragments([new Uint8Array(8)])]),
      }),
    ],
    ['deflated', writeFile({ transferSyntax: '1.2.840.10008.1.2.1.99', data: deflateRawSync(data) })],
    [
      'blacked out in part',
      slice,
      {
        cleanPixels: [
          { modality: 'CT', rows: 64, columns: 64, rectangles: [{ left: 0, top: 0, width: 8, height: 8 }] },
        ],
      },
    ],
    ['cut', writeFile({ data }).subarray(0, -1)],
  ])('is not kept where its pixels are %s', async (_, bytes, deid) => {
    expect(await readOf(bytes, 100_000, deid)).toBeUndefined();
  });

  test('is kept up to its limit, and is memory of its own', async () => {
    const read = await readOf(slice, 100_000);
    const bytes = read?.bytes ?? 0;
    expect(bytes).toBe((read?.head.buffer.byteLength ?? 0) + (read?.index.tag.buffer.byteLength ?? 0));
    expect(await readOf(slice, bytes)).toBeDefined();
    expect(await readOf(slice, bytes - 1)).toBeUndefined();
    expect(await readOf(slice, 0)).toBeUndefined();
  });

  test('is no image without pixels', async () => {
    const read = await readOf(slice, 100_000);
    const { output } = await deidentify(neverRead, { ...contextOf(), read });
    await expect(collect(output)).rejects.toThrow('stream is gone');
  });
});
