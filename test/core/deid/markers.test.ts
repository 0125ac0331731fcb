import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { profileRows } from '../../../core/deid/tables/profileRows.ts';
import { asciiBytes, concatBytes } from '../../../core/dicom/encodeElement.ts';
import { lookUpVr } from '../../../core/dicom/lookUpVr.ts';
import { pixelDigest } from '../../../core/dicom/pixelDigest.ts';
import { vrName } from '../../../core/dicom/vr.ts';
import { chunked, deidentifyBytes, holds, nodeCodecs } from '../../fixtures/deidContext.ts';
import {
  explicitBig,
  explicitLittle,
  implicitLittle,
  pixels,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
} from '../../fixtures/writeDicom.ts';

const marker = 'QXMARKERZZ';
const pixelBytes = Uint8Array.from({ length: 32 }, (_, i) => i);
const explicitFile = (...elements: TestElement[]) =>
  writeFile({ data: writeElements(withIdentity(...elements), explicitLittle) });
const digestOf = (bytes: Uint8Array) => pixelDigest(chunked(bytes), nodeCodecs);

/** Every element of Table E.1-1 whose VR holds text or bytes, with a marker as its value. */
const planted: TestElement[] = profileRows
  .trim()
  .split('\n')
  .map((row) => Number.parseInt(row.slice(0, 8), 16))
  .filter((tag) => tag >= 0x00080000 && !(tag >= 0x00100010 && tag <= 0x00100020) && tag < 0x60000000)
  .flatMap((tag) => {
    const vr = vrName(lookUpVr(tag) ?? 0);
    return /AE|AS|CS|DA|DS|DT|IS|LO|LT|OB|PN|SH|ST|TM|UC|UI|UN|UR|UT/.test(vr)
      ? [{ tag, vr, value: `${marker}${tag}` }]
      : [];
  });
const identityTags = new Set([0x00080018, 0x0020000d, 0x0020000e]);
const plantable = planted.filter(({ tag }) => !identityTags.has(tag));

describe('deidentify removes markers', () => {
  test('of hundreds of elements of Table E.1-1, at the top level and nested', async () => {
    expect(plantable.length).toBeGreaterThan(400);
    const { changes } = await deidentifyBytes(explicitFile(nested));
    expect(changes().filter(({ path }) => /\]\..*\]\./.test(path)).length).toBe(plantable.length);
  });

  const nested: TestElement = {
    tag: 0x00089215,
    vr: 'SQ',
    items: [[{ tag: 0x00089215, vr: 'SQ', items: [plantable] }]],
  };
  const behindUn = { ...nested, vr: 'UN', itemForm: implicitLittle, items: [plantable] };
  const delimited = { ...nested, isUndefined: true, items: [plantable, plantable] };
  const privateElements: TestElement[] = [
    { tag: 0x00090010, vr: 'LO', value: `${marker} CREATOR` },
    { tag: 0x00091001, vr: 'PN', value: marker },
    { tag: 0x00091002, vr: 'SQ', items: [[{ tag: 0x00100010, vr: 'PN', value: marker }]], isUndefined: true },
  ];
  const implicitFile = (...elements: TestElement[]) =>
    writeFile({ transferSyntax: '1.2.840.10008.1.2', data: writeElements(withIdentity(...elements), implicitLittle) });
  const bigFile = (...elements: TestElement[]) =>
    writeFile({ transferSyntax: '1.2.840.10008.1.2.2', data: writeElements(withIdentity(...elements), explicitBig) });

  test.each([
    ['at the top level', explicitFile(...plantable)],
    ['at the top level, implicit VR', implicitFile(...plantable)],
    ['at the top level, big endian', bigFile(...plantable)],
    ['two sequences deep', explicitFile(nested)],
    ['two sequences deep, implicit VR', implicitFile(nested)],
    ['two sequences deep, big endian', bigFile(nested)],
    ['in delimited items', explicitFile(delimited)],
    ['in a sequence behind UN', explicitFile(behindUn)],
    ['in every element written as UN', explicitFile(...plantable.map((each) => ({ ...each, vr: 'UN' })))],
    ['in private elements', explicitFile(...privateElements)],
    ['in private elements, implicit VR', implicitFile(...privateElements)],
    [
      'in overlays, curves and unknown elements',
      explicitFile(
        { tag: 0x50003000, vr: 'OW', value: marker },
        { tag: 0x50000022, vr: 'LO', value: marker },
        { tag: 0x60000022, vr: 'LO', value: marker },
        { tag: 0x60003000, vr: 'OW', value: marker },
        { tag: 0x60024000, vr: 'LT', value: marker },
        { tag: 0x0018fff0, vr: 'LO', value: marker },
      ),
    ],
    [
      'in content, annotations and document titles',
      explicitFile(
        { tag: 0x0040a730, vr: 'SQ', items: [[{ tag: 0x0040a160, vr: 'UT', value: marker }]] },
        { tag: 0x00420010, vr: 'ST', value: marker },
        { tag: 0x00420011, vr: 'OB', value: marker },
        {
          tag: 0x00700001,
          vr: 'SQ',
          items: [[{ tag: 0x00700008, vr: 'SQ', items: [[{ tag: 0x00700006, vr: 'ST', value: marker }]] }]],
        },
      ),
    ],
    [
      'in names, dates and instance UIDs that the table misses',
      explicitFile(
        { tag: 0x00081167, vr: 'UI', value: marker },
        { tag: 0x0018991e, vr: 'UI', value: marker },
        { tag: 0x00189074, vr: 'DT', value: marker },
      ),
    ],
    [
      'in file meta and preamble',
      writeFile({
        data: writeElements(withIdentity(), explicitLittle),
        preamble: asciiBytes(marker.padEnd(128)),
        extraMeta: [
          { tag: 0x00020016, vr: 'AE', value: marker },
          { tag: 0x00020100, vr: 'UI', value: '1.2.3' },
          { tag: 0x00020102, vr: 'OB', value: marker },
        ],
      }),
    ],
    [
      'after pixel data',
      concatBytes([
        explicitFile(pixels(pixelBytes)),
        writeElements(
          [
            { tag: 0x7fe11010, vr: 'LO', value: marker },
            { tag: 0xfffafffa, vr: 'SQ', items: [[{ tag: 0x04000115, vr: 'OB', value: marker }]] },
            { tag: 0xfffcfffc, vr: 'OB', value: marker },
          ],
          explicitLittle,
        ),
        asciiBytes(marker),
      ]),
    ],
  ])('%s', async (_, bytes) => {
    expect(holds(bytes, marker)).toBe(true);
    for (const dates of ['remove', 'shift', 'retain'] as const) {
      const { bytes: output } = await deidentifyBytes(bytes, { dates });
      expect(holds(output, marker)).toBe(false);
      expect(await digestOf(output)).toBe(await digestOf(bytes));
    }
  });

  test('in deflated data, and deflates again', async () => {
    const data = writeElements(withIdentity(...plantable, pixels(pixelBytes)), explicitLittle);
    const bytes = writeFile({ transferSyntax: '1.2.840.10008.1.2.1.99', data: new Uint8Array(deflateRawSync(data)) });
    const { bytes: output } = await deidentifyBytes(bytes);
    const metaLength = 132 + 12 + new DataView(output.buffer, output.byteOffset).getUint32(140, true);
    const inflated = inflateRawSync(output.subarray(metaLength));
    expect(holds(inflated, marker)).toBe(false);
    expect(inflated.length).toBeGreaterThan(100);
    expect(output.length % 2).toBe(0);
    expect(await digestOf(output)).toBe(await digestOf(bytes));
  });
});
