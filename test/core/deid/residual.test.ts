import { describe, expect, test } from 'vitest';
import { dateRenderings } from '../../../core/deid/identifiers/dateRenderings.ts';
import { decodeText } from '../../../core/dicom/decodeText.ts';
import { asciiBytes } from '../../../core/dicom/encodeElement.ts';
import { namesByCharacterSet } from '../../fixtures/characterSets.ts';
import { deidentifyBytes, holds } from '../../fixtures/deidContext.ts';
import {
  explicitBig,
  explicitLittle,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
} from '../../fixtures/writeDicom.ts';

type Deid = Parameters<typeof deidentifyBytes>[1];
const fileOf = (...elements: TestElement[]) =>
  writeFile({ data: writeElements(withIdentity(...elements), explicitLittle) });
/** Elements that every profile keeps, so that what stands in them is left: text, and bytes of no known meaning. */
const model = (value: string | Uint8Array): TestElement => ({ tag: 0x00081090, vr: 'LO', value });
const palette = (value: string | Uint8Array): TestElement => ({ tag: 0x00281201, vr: 'OW', value });
const refusalOf = (bytes: Uint8Array, deid: Deid = {}) =>
  deidentifyBytes(bytes, deid).then(
    () => 'no refusal',
    (error: unknown) => String(error),
  );

const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const patient: TestElement[] = [
  { tag: 0x00080050, vr: 'SH', value: 'ACC-771' },
  { tag: 0x00080081, vr: 'ST', value: 'Hauptstrasse 7, Nirgendwo' },
  { tag: 0x00080090, vr: 'PN', value: 'Referrer^Quentin' },
  { tag: 0x00100010, vr: 'PN', value: 'Zzyzxburg^Quillabeth' },
  { tag: 0x00100020, vr: 'LO', value: 'MRN-0815' },
  { tag: 0x00100030, vr: 'DA', value: '19530407' },
  { tag: 0x00101001, vr: 'PN', value: 'Maiden^Name' },
  { tag: 0x00101040, vr: 'LO', value: 'Elm Street 12;Someville' },
];

describe('what is left of an identifier in a kept element holds the file', () => {
  const texts = [
    ...['Zzyzxburg^Quillabeth', 'zzyzxburg', 'of QUILLABETH.', 'Quentin', 'Maiden', 'MRN-0815', 'ACC-771'],
    ...['elm street 12', 'at Someville', 'HAUPTSTRASSE 7', '1.2.3.4.5.6.7.8.9.11', 'of 19530407'],
    ...['born 1953-04-07', '07.04.1953', '7/4/1953', '04/07/1953', '7 April 1953', '07-APR-1953', 'April 7, 1953'],
  ];

  test.each(texts)('in text: %s', async (text) => {
    expect(await refusalOf(fileOf(...patient, model(text)))).toMatch(/^ResidualIdentifier.*\(0008,1090\)/);
  });

  test.each(texts.slice(0, 5))('in bytes, as UTF-16 of both orders and as UTF-8: %s', async (text) => {
    const name = `${text} Quillabeth`;
    const big = Uint8Array.from(utf16(name)).map((_, i, all) => all[i ^ 1] ?? 0);
    for (const bytes of [utf16(name), big, Buffer.from(name)]) {
      expect(await refusalOf(fileOf(...patient, palette(bytes)))).toMatch(/^ResidualIdentifier.*\(0028,1201\)/);
    }
  });

  test.each(['as Quill', 'Zzyzx', '1953', '04/1953', '00112233', 'MRN', 'Street'])('but not: %s', async (text) => {
    expect(await refusalOf(fileOf(...patient, model(text)))).toBe('no refusal');
  });

  test.each([
    ['a name', { tag: 0x00081070, vr: 'LO', value: 'Operatorix^Some' }, 'by Operatorix'],
    ['a birth date', { tag: 0x00100030, vr: 'LO', value: '19530407' }, 'born 07.04.1953'],
    ['a UID', { tag: 0x00081155, vr: 'LO', value: '1.2.840.99999.17.42' }, 'of 1.2.840.99999.17.42'],
    ['a name in an element of another VR', { tag: 0x00189074, vr: 'PN', value: 'Operatorix^Some' }, 'by Operatorix'],
  ])('whatever VR the file gives it: %s', async (_, element, text) => {
    expect(await refusalOf(fileOf(element, model(text)))).toMatch(/^ResidualIdentifier.*\(0008,1090\)/);
  });

  /** Referenced by what is removed, so that it is an original UID that may stand nowhere. */
  const uid = '1.2.840.99999.17.4234567890123456789012345678901234';
  const reference: TestElement = { tag: 0x00081155, vr: 'UI', value: uid };
  const item = (value: string): TestElement[] => [{ tag: 0x00080104, vr: 'LO', value }];

  test.each([
    ['a name', 'Ferrer'],
    ['a part of a name', ' Quentin'],
    ['a UID', uid],
  ])('at the end of an item, where the next tag has letters and digits: %s', async (_, value) => {
    const codes: TestElement = { tag: 0x00089215, vr: 'SQ', items: [item(value), item('next')] };
    const named: TestElement = { tag: 0x00080090, vr: 'PN', value: 'Ferrer^Quentin' };
    expect(await refusalOf(fileOf(named, reference, codes))).toMatch(/^ResidualIdentifier.*\(0008,0104\)/);
  });

  test.each([
    ['a name', 'Ferrer '.padEnd(66)],
    ['a UID', uid.padEnd(52)],
    ['a day', '19530407 '.padEnd(50)],
  ])('at the start of a value whose length is a letter or a digit: %s', async (_, value) => {
    const elements = withIdentity(...patient, reference, { tag: 0x00620006, vr: 'ST', value: `${value}.` });
    const named = elements.map((each) => (each.tag === 0x00080090 ? { ...each, value: 'Ferrer^Quentin' } : each));
    const bytes = writeFile({ transferSyntax: '1.2.840.10008.1.2.2', data: writeElements(named, explicitBig) });
    expect(await refusalOf(bytes)).toMatch(/^ResidualIdentifier.*\(0062,0006\)/);
  });

  test('as the root of another UID', async () => {
    expect(await refusalOf(fileOf(reference, model(`series ${uid}.3`)))).toMatch(/^ResidualIdentifier/);
    expect(await refusalOf(fileOf(reference, model(`series ${uid}3`)))).toBe('no refusal');
  });

  test('in a cleaned text that a project lets through', async () => {
    const deid = { cleanDescriptors: true, descriptorWords: ['quillabethville'] };
    const series: TestElement = { tag: 0x0008103e, vr: 'LO', value: 'AX quillabethville Bone' };
    expect(await refusalOf(fileOf(...patient, series), deid)).toMatch(/^ResidualIdentifier.*\(0008,103E\)/);
    expect(await refusalOf(fileOf(series), deid)).toBe('no refusal');
  });

  test('and tells no value', async () => {
    expect(await refusalOf(fileOf(...patient, model('for Quillabeth')))).not.toMatch(/quilla|zzyzx|0815|1953/i);
  });
});

describe.each(namesByCharacterSet)('a name in $set', ({ set, bytes, decoded }) => {
  const own: TestElement[] = [
    { tag: 0x00080005, vr: 'CS', value: set },
    { tag: 0x00100010, vr: 'PN', value: bytes },
  ];

  test('is read', () => {
    expect(decodeText(Buffer.from(bytes).toString('latin1'), set)).toBe(decoded);
  });

  test.each([
    ['its own encoding', Buffer.from(bytes)],
    ['UTF-8', Buffer.from(decoded)],
    ['UTF-16LE', utf16(decoded)],
    ['UTF-16BE', utf16(decoded).map((_, i, all) => all[i ^ 1] ?? 0)],
  ])('is found in kept bytes, in %s', async (_, found) => {
    const left = Buffer.concat([Buffer.from('a  '), found, Buffer.from(' b')]);
    expect(await refusalOf(fileOf(...own, palette(left)))).toMatch(/^ResidualIdentifier/);
    expect(await refusalOf(fileOf(...own, palette(asciiBytes('nothing'))))).toBe('no refusal');
  });

  test('is gone from name, descriptor and nested item', async () => {
    const nested: TestElement = {
      tag: 0x00089215,
      vr: 'SQ',
      items: [
        [
          { tag: 0x00081030, vr: 'LO', value: bytes },
          { tag: 0x00100010, vr: 'PN', value: bytes },
        ],
      ],
    };
    const input = fileOf(...own, { tag: 0x0008103e, vr: 'LO', value: bytes }, nested);
    for (const deid of [{}, { cleanDescriptors: true, cleanStructuredContent: true, cleanGraphics: true }]) {
      const { bytes: output } = await deidentifyBytes(input, deid);
      expect(holds(output, Buffer.from(bytes).toString('latin1'))).toBe(false);
    }
  });
});

test('renders a day as people write it', () => {
  expect(dateRenderings('19530407')).toEqual(
    expect.arrayContaining(['1953-04-07', '7.4.1953', '04/07/1953', '7 april 1953', 'apr 07 1953']),
  );
});
