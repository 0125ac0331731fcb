import { createHash } from 'node:crypto';
import dicomParser from 'dicom-parser';
import { describe, expect, test } from 'vitest';
import { examineDicom } from '../../../core/deid/examineDicom.ts';
import { concatBytes } from '../../../core/dicom/encodeElement.ts';
import { ProjectPolicy } from '../../../core/policy/ProjectPolicy.ts';
import { chunked, deidentifyBytes, nodeCodecs, policyWith, projectKey } from '../../fixtures/deidContext.ts';
import {
  explicitBig,
  explicitLittle,
  fragments,
  pixels,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
} from '../../fixtures/writeDicom.ts';

const short = (tag: number, value: number): TestElement => ({ tag, vr: 'US', value: Uint8Array.of(value, 0) });
const ultrasound = '1.2.840.10008.5.1.4.1.1.6.1';
/** Two frames of 4 x 8 pixels of 3 bytes, none of them zero. */
const picture = Uint8Array.from({ length: 192 }, (_, i) => 1 + i);
const head = (...changes: TestElement[]): TestElement[] => {
  const all = [
    { tag: 0x00080016, vr: 'UI', value: ultrasound },
    { tag: 0x00080060, vr: 'CS', value: 'US' },
    { tag: 0x00081090, vr: 'LO', value: 'Model 7' },
    short(0x00280002, 3),
    { tag: 0x00280004, vr: 'CS', value: 'RGB' },
    short(0x00280006, 0),
    { tag: 0x00280008, vr: 'IS', value: '2' },
    short(0x00280010, 4),
    short(0x00280011, 8),
    short(0x00280100, 8),
    { tag: 0x00280301, vr: 'CS', value: 'YES' },
    ...changes,
  ];
  return [...new Map(all.map((each) => [each.tag, each])).values()];
};
const swapNumber = (element: TestElement): TestElement =>
  element.value instanceof Uint8Array ? { ...element, value: element.value.toReversed() } : element;
const native = (...changes: TestElement[]) =>
  writeFile({ data: writeElements(withIdentity(...head(...changes), pixels(picture)), explicitLittle) });
const compressed = writeFile({
  transferSyntax: '1.2.840.10008.1.2.4.50',
  data: concatBytes([writeElements(withIdentity(...head()), explicitLittle), fragments([picture])]),
});

/** Single bytes behind OW in big endian: each two of them are swapped. */
const swapped = writeFile({
  transferSyntax: '1.2.840.10008.1.2.2',
  data: writeElements(withIdentity(...head().map(swapNumber), pixels(picture)), explicitBig),
});

const rule = { modality: 'US', rows: 4, columns: 8, rectangles: [{ left: 0, top: 0, width: 8, height: 1 }] };
const deid = { cleanPixels: [rule] };
const examine = (bytes: Uint8Array, by: Partial<ProjectPolicy['deid']> = deid) =>
  examineDicom(chunked(bytes, 77), { codecs: nodeCodecs, key: projectKey, policy: policyWith(by) });
/** Codes that have to do with what pixels show. */
const codesOf = async (...args: Parameters<typeof examine>) =>
  (await examine(...args)).findings.map(({ code }) => code).filter((code) => /BurnedIn|NotCleanable/.test(code));
const pixelsOf = (bytes: Uint8Array) => Buffer.from(bytes.subarray(-picture.length));

/** The picture with the first row of each frame black. */
const blanked = picture.map((byte, i) => (i % 96 < 24 ? 0 : byte));

describe('rectangles of a policy', () => {
  test('are blacked out in each frame, and told', async () => {
    const result = await deidentifyBytes(native(), deid);
    expect(pixelsOf(result.bytes).equals(Buffer.from(blanked))).toBe(true);
    expect(result.blanked).toEqual({ frames: 2, rectangles: rule.rectangles });
    expect(dicomParser.parseDicom(result.bytes).string('x00280301')).toBe('NO');
  });

  test('are foreseen by the reading before, digest and all', async () => {
    expect(await codesOf(native())).toEqual([]);
    const { dicom } = await examine(native());
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    expect(dicom?.pixelSha256).toBe(sha256(picture));
    expect(dicom?.blanked).toEqual({ frames: 2, rectangles: rule.rectangles, pixelSha256: sha256(blanked) });
  });

  test.each([
    ['another modality', { ...rule, modality: 'CT' }],
    ['another model', { ...rule, manufacturerModel: 'Model 8' }],
    ['more rows', { ...rule, rows: 5 }],
  ])('of %s do not fit, and the file stays a risk', async (_, other) => {
    const result = await deidentifyBytes(native(), { cleanPixels: [other] });
    expect(pixelsOf(result.bytes).equals(Buffer.from(picture))).toBe(true);
    expect(result.blanked).toBeUndefined();
    expect(await codesOf(native(), { cleanPixels: [other] })).toEqual(['BurnedInRisk']);
    expect(dicomParser.parseDicom(result.bytes).string('x00280301')).toBe('YES');
  });

  test.each([
    ['compressed', compressed],
    ['subsampled', native({ tag: 0x00280004, vr: 'CS', value: 'YBR_FULL_422' })],
    ['of no whole bytes', native(short(0x00280100, 1))],
    ['in the bytes of swapped words', swapped],
    ['followed by bytes that no frame has', native({ tag: 0x00280008, vr: 'IS', value: '1' })],
  ])('hold an image whose pixels are %s', async (_, bytes) => {
    expect(await codesOf(bytes)).toEqual(['BurnedInRisk', 'PixelsNotCleanable']);
    await expect(deidentifyBytes(bytes, deid)).rejects.toMatchObject({ name: 'PixelsNotCleanable' });
  });

  test('outside the image are no policy', () => {
    const outside = { ...rule, rectangles: [{ left: 4, top: 0, width: 5, height: 1 }] };
    expect(() => policyWith({ cleanPixels: [outside] })).toThrow(/outside the image/);
    expect(() => ProjectPolicy.parse({ ...policyWith(), deid })).not.toThrow();
  });
});
