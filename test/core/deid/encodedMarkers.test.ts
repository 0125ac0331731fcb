import { describe, expect, test } from 'vitest';
import { profileRows } from '../../../core/deid/tables/profileRows.ts';
import { concatBytes } from '../../../core/dicom/encodeElement.ts';
import { lookUpVr } from '../../../core/dicom/lookUpVr.ts';
import { vrName } from '../../../core/dicom/vr.ts';
import { namesByCharacterSet } from '../../fixtures/characterSets.ts';
import { deidentifyBytes } from '../../fixtures/deidContext.ts';
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

/** Every row of Table E.1-1 whose text the character set decides on, or whose bytes may hold any. */
const rows = profileRows
  .trim()
  .split('\n')
  .map((row) => Number.parseInt(row.slice(0, 8), 16))
  .map((tag) => ({ tag, vr: vrName(lookUpVr(tag) ?? 0) }))
  .filter(({ tag, vr }) => tag >= 0x00080000 && tag < 0x60000000 && /LO|LT|OB|PN|SH|ST|UC|UN|UT/.test(vr));

const forms = [
  { form: explicitLittle, transferSyntax: '1.2.840.10008.1.2.1' },
  { form: implicitLittle, transferSyntax: '1.2.840.10008.1.2' },
  { form: explicitBig, transferSyntax: '1.2.840.10008.1.2.2' },
];
const policies = [
  {},
  { dates: 'remove' as const },
  { dates: 'retain' as const, cleanDescriptors: true, cleanStructuredContent: true, cleanGraphics: true },
];

/** In every element, at the top level, two items deep, private, and behind the pixels. */
function filesWith(set: string, value: Uint8Array): Uint8Array[] {
  const planted = rows.map((row): TestElement => ({ ...row, value }));
  const charset: TestElement = { tag: 0x00080005, vr: 'CS', value: set };
  const inner: TestElement = { tag: 0x00089215, vr: 'SQ', items: [planted] };
  const elements: TestElement[] = [
    ...planted,
    charset,
    { tag: 0x00089215, vr: 'SQ', items: [[charset, inner], [inner]], isUndefined: true },
    { tag: 0x00090010, vr: 'LO', value },
    { tag: 0x00091001, vr: 'LT', value },
    { tag: 0x50003000, vr: 'OW', value },
    { tag: 0x60000022, vr: 'LO', value },
    pixels(new Uint8Array(32)),
    { tag: 0x7fe11010, vr: 'LO', value },
    { tag: 0xfffcfffc, vr: 'OB', value },
  ];
  return forms.map(({ form, transferSyntax }) =>
    writeFile({ transferSyntax, data: concatBytes([writeElements(withIdentity(...elements), form), value]) }),
  );
}

describe.each(namesByCharacterSet)('a name in $set', ({ set, bytes, decoded }) => {
  const encoded = Buffer.from(bytes);
  const parts = decoded.split(/[\^=]/).filter((part) => part.length >= 2);
  const files = filesWith(set, bytes);

  test('is in hundreds of elements', () => {
    expect(rows.length).toBeGreaterThan(250);
    for (const file of files)
      expect(Buffer.from(file).toString('latin1').split(encoded.toString('latin1')).length).toBeGreaterThan(800);
  });

  test.each(policies)('is left in none of them, by its bytes or as UTF-8: %j', async (deid) => {
    for (const file of files) {
      const output = Buffer.from((await deidentifyBytes(file, deid, 65_536)).bytes);
      expect(output.includes(encoded)).toBe(false);
      expect(parts.filter((part) => output.includes(Buffer.from(part)))).toEqual([]);
    }
  });
});
