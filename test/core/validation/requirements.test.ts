import { describe, expect, test } from 'vitest';
import type { FindingCode } from '../../../core/submission/codes/findingCatalogue.ts';
import { conformanceOf } from '../../fixtures/conformanceOf.ts';
import { explicitLittle, type TestElement, withIdentity, writeElements, writeFile } from '../../fixtures/writeDicom.ts';

const text = (tag: number, vr: string, value: string): TestElement => ({ tag, vr, value });
const short = (tag: number, value: number): TestElement => ({ tag, vr: 'US', value: Uint8Array.of(value, 0) });
const sequence = (tag: number, ...items: TestElement[][]): TestElement => ({ tag, vr: 'SQ', items });
const ofClass = (suffix: string) => text(0x00080016, 'UI', `1.2.840.10008.5.1.4.1.1.${suffix}`);
const code = text(0x00080104, 'LO', 'Zzyzx');

async function findingsAt(tag: number, elements: readonly TestElement[]) {
  const bytes = writeFile({ data: writeElements(withIdentity(...elements), explicitLittle) });
  const found = (await conformanceOf(bytes)).filter(({ place }) => place.tag === tag);
  expect(found.every(({ place }) => place.offset > 0 && place.offset < bytes.length)).toBe(true);
  expect(JSON.stringify(found)).not.toContain('Zzyzx');
  return found.map((each) => each.code);
}

describe('what items must have', () => {
  test.each<[FindingCode, string, number, TestElement]>([
    ['AttributeMissing', 'Type 1', 0x00081155, sequence(0x00081110, [text(0x00081150, 'UI', '1.2.3')])],
    ['AttributeMissing', 'Type 2', 0x300a00c6, sequence(0x300a00b0, [text(0x300a00c0, 'IS', '1')])],
    [
      'AttributeMissing',
      'Type 1 two levels deep, behind one that has it',
      0x00080104,
      sequence(
        0x00400275,
        [sequence(0x00321064, [code])],
        [sequence(0x00321064, [code], [text(0x00080100, 'SH', 'Zzyzx')])],
      ),
    ],
    ['AttributeEmpty', 'Type 1', 0x00080104, sequence(0x00321064, [text(0x00080104, 'LO', '')])],
    ['AttributeMissing', 'Type 1 of an empty item', 0x00080104, sequence(0x00321064, [])],
  ])('%s: %s', async (found, _, tag, element) => {
    expect(await findingsAt(tag, [element])).toEqual([found]);
  });

  test.each<[string, number, TestElement]>([
    ['no item', 0x00080104, sequence(0x00321064)],
    ['an item that is whole', 0x00080104, sequence(0x00321064, [code])],
    ['a sequence of a vendor', 0x00080104, sequence(0x00331064, [text(0x00080100, 'SH', 'Zzyzx')])],
    ['what only some uses of a sequence require', 0x0020000e, sequence(0x00081115, [])],
    ['what may be empty', 0x300a00c6, sequence(0x300a00b0, [text(0x300a00c6, 'CS', '')])],
  ])('not: %s', async (_, tag, element) => {
    expect(await findingsAt(tag, [element])).toEqual([]);
  });
});

describe('what a condition requires', () => {
  test.each<[string, number, TestElement[]]>([
    ['colors of three samples', 0x00280006, [short(0x00280002, 3)]],
    ['colors of a palette', 0x00281102, [text(0x00280004, 'CS', 'PALETTE COLOR')]],
    ['an image without pixels', 0x7fe00010, []],
    ['frames of a capture', 0x00280009, [ofClass('7.2'), text(0x00280008, 'IS', '2')]],
    ['a window without width', 0x00281051, [text(0x00281050, 'DS', '40')]],
    ['an intercept without slope', 0x00281053, [text(0x00281052, 'DS', '0')]],
    ['an inversion recovery', 0x00180082, [ofClass('4'), text(0x00180020, 'CS', 'SE\\IR')]],
    ['a CT of no position', 0x00185100, []],
    ['an animal of nobody', 0x00102297, [text(0x00102201, 'LO', 'Felis catus')]],
    ['a responsible person of no role', 0x00102298, [text(0x00102297, 'PN', 'Zzyzx')]],
    ['a removed identity', 0x00120063, [text(0x00120062, 'CS', 'YES')]],
  ])('is missed in %s', async (_, tag, elements) => {
    expect(await findingsAt(tag, elements)).toEqual(['AttributeMissing']);
  });

  test.each<[string, number, TestElement[]]>([
    ['one sample', 0x00280006, [short(0x00280002, 1)]],
    ['gray', 0x00281102, [text(0x00280004, 'CS', 'MONOCHROME2')]],
    ['pixels of a URL', 0x7fe00010, [text(0x00287fe0, 'UR', 'http://example.org/')]],
    ['a class whose modules do not ask', 0x7fe00010, [ofClass('88.11')]],
    ['one frame', 0x00280009, [ofClass('7.2'), text(0x00280008, 'IS', '1')]],
    ['a spin echo', 0x00180082, [ofClass('4'), text(0x00180020, 'CS', 'SE')]],
    ['a position by code', 0x00185100, [sequence(0x00540410, [code])]],
    ['an X-ray of no position', 0x00185100, [ofClass('1')]],
    ['a human', 0x00102297, []],
    ['a responsible person without name', 0x00102298, [text(0x00102297, 'PN', '')]],
    ['a removed identity by code', 0x00120063, [text(0x00120062, 'CS', 'YES'), sequence(0x00120064, [code])]],
  ])('is not missed in %s', async (_, tag, elements) => {
    expect(await findingsAt(tag, elements)).toEqual([]);
  });
});
