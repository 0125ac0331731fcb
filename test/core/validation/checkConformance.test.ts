import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../../core/dicom/encodeElement.ts';
import { synthesizeCtSlice } from '../../../core/dicom/synthesizeCt.ts';
import { limits } from '../../../core/policy/limits.ts';
import type { FindingCode } from '../../../core/submission/codes/findingCatalogue.ts';
import { conformanceOf } from '../../fixtures/conformanceOf.ts';
import {
  explicitLittle,
  fragments,
  pixels,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
} from '../../fixtures/writeDicom.ts';

const fileOf = (...elements: TestElement[]) =>
  writeFile({ data: writeElements(withIdentity(...elements), explicitLittle) });
const text = (tag: number, vr: string, value: string): TestElement => ({ tag, vr, value });
const latin = (value: string) => Uint8Array.from(value, (each) => each.charCodeAt(0));
const charset = (value: string) => text(0x00080005, 'CS', value);
const short = (tag: number, value: number): TestElement => ({ tag, vr: 'US', value: Uint8Array.of(value, 0) });
const image = [short(0x00280010, 4), short(0x00280011, 4), short(0x00280100, 8)];
const encapsulated = (frames: string, values: Uint8Array[]) =>
  writeFile({
    transferSyntax: '1.2.840.10008.1.2.4.50',
    data: concatBytes([writeElements(withIdentity(text(0x00280008, 'IS', frames)), explicitLittle), fragments(values)]),
  });
/** The letters of its VR are the fifth and sixth of its header. */
const fragmentsAsOw = encapsulated('1', [new Uint8Array(2)]);
fragmentsAsOw.set([0x4f, 0x57], Buffer.from(fragmentsAsOw).indexOf(Buffer.of(0xe0, 0x7f, 0x10, 0)) + 4);
const longUid = Array.from({ length: 33 }, () => '1').join('.');

/** Each rule with a file that breaks it at one element. */
const broken: Array<{ code: FindingCode; why: string; tag: number; bytes: Uint8Array }> = [
  {
    code: 'SopClassUnknown',
    why: 'a private class',
    tag: 0x00080016,
    bytes: fileOf(text(0x00080016, 'UI', '1.2.3.4')),
  },
  {
    code: 'FileMetaDiffers',
    why: 'another class',
    tag: 0x00020002,
    bytes: fileOf(text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.4')),
  },
  { code: 'FileMetaDiffers', why: 'another instance', tag: 0x00020003, bytes: fileOf(text(0x00080018, 'UI', '1.2.3')) },
  { code: 'AttributeMissing', why: 'Type 1', tag: 0x00280010, bytes: fileOf() },
  { code: 'AttributeMissing', why: 'Type 2', tag: 0x00100010, bytes: fileOf() },
  {
    code: 'AttributeMissing',
    why: 'Type 1 of the last element',
    tag: 0x00281053,
    bytes: fileOf(pixels(new Uint8Array(2))),
  },
  { code: 'AttributeEmpty', why: 'Type 1', tag: 0x00080060, bytes: fileOf(text(0x00080060, 'CS', '')) },
  { code: 'VrUnexpected', why: 'a name as text', tag: 0x00100010, bytes: fileOf(text(0x00100010, 'LO', 'Zzyzx')) },
  { code: 'ValueInvalid', why: 'lower case in CS', tag: 0x00080060, bytes: fileOf(text(0x00080060, 'CS', 'ct')) },
  { code: 'ValueInvalid', why: 'a month of 13', tag: 0x00080020, bytes: fileOf(text(0x00080020, 'DA', '20191301')) },
  { code: 'ValueInvalid', why: 'a day of words', tag: 0x00080020, bytes: fileOf(text(0x00080020, 'DA', 'Zzyzx')) },
  { code: 'ValueInvalid', why: 'an hour of 24', tag: 0x00080030, bytes: fileOf(text(0x00080030, 'TM', '240000')) },
  {
    code: 'ValueInvalid',
    why: 'a zone of nowhere',
    tag: 0x0008002a,
    bytes: fileOf(text(0x0008002a, 'DT', '20190518+9900')),
  },
  { code: 'ValueInvalid', why: 'an age of no unit', tag: 0x00101010, bytes: fileOf(text(0x00101010, 'AS', '045')) },
  {
    code: 'ValueInvalid',
    why: 'a whole number with a point',
    tag: 0x00200013,
    bytes: fileOf(text(0x00200013, 'IS', '1.5')),
  },
  {
    code: 'ValueInvalid',
    why: 'the second of two numbers',
    tag: 0x00280030,
    bytes: fileOf(text(0x00280030, 'DS', '0.5\\0.5.5')),
  },
  {
    code: 'ValueInvalid',
    why: 'a control character',
    tag: 0x00080070,
    bytes: fileOf(text(0x00080070, 'LO', 'Zzy\x07zx')),
  },
  {
    code: 'ValueInvalid',
    why: 'a line break in a name',
    tag: 0x00080070,
    bytes: fileOf(text(0x00080070, 'LO', 'Zzy\r\nzx')),
  },
  {
    code: 'ValueInvalid',
    why: 'a tab in a short text',
    tag: 0x00081010,
    bytes: fileOf(text(0x00081010, 'SH', 'Zzy\tzx')),
  },
  { code: 'ValueTooLong', why: 'SH', tag: 0x00080050, bytes: fileOf(text(0x00080050, 'SH', 'Z'.repeat(17))) },
  {
    code: 'ValueTooLong',
    why: 'a component group of PN',
    tag: 0x00100010,
    bytes: fileOf(text(0x00100010, 'PN', `Z=${'Z'.repeat(65)}`)),
  },
  { code: 'ValueTooLong', why: 'a UID', tag: 0x00200052, bytes: fileOf(text(0x00200052, 'UI', longUid)) },
  {
    code: 'ValueLengthInvalid',
    why: 'three bytes of US',
    tag: 0x00280010,
    bytes: fileOf({ tag: 0x00280010, vr: 'US', value: new Uint8Array(3), claimedLength: 3 }).subarray(0, -1),
  },
  {
    code: 'ValueLengthInvalid',
    why: 'six bytes of FD',
    tag: 0x00189073,
    bytes: fileOf({ tag: 0x00189073, vr: 'FD', value: new Uint8Array(6) }),
  },
  { code: 'MultiplicityInvalid', why: 'two of one', tag: 0x00080060, bytes: fileOf(text(0x00080060, 'CS', 'CT\\MR')) },
  {
    code: 'MultiplicityInvalid',
    why: 'five of six',
    tag: 0x00200037,
    bytes: fileOf(text(0x00200037, 'DS', '1\\0\\0\\0\\1')),
  },
  {
    code: 'MultiplicityInvalid',
    why: 'an odd one of pairs',
    tag: 0x00200032,
    bytes: fileOf(text(0x00200032, 'DS', '1\\0')),
  },
  {
    code: 'MultiplicityInvalid',
    why: 'two numbers of one',
    tag: 0x00280010,
    bytes: fileOf({ tag: 0x00280010, vr: 'US', value: new Uint8Array(4) }),
  },
  { code: 'UidInvalid', why: 'a leading zero', tag: 0x00200052, bytes: fileOf(text(0x00200052, 'UI', '1.02.3')) },
  { code: 'UidInvalid', why: 'an empty component', tag: 0x00200052, bytes: fileOf(text(0x00200052, 'UI', '1..3')) },
  { code: 'UidInvalid', why: 'a space that pads', tag: 0x00200052, bytes: fileOf(text(0x00200052, 'UI', '1.2.3 ')) },
  { code: 'UidInvalid', why: 'a letter', tag: 0x00200052, bytes: fileOf(text(0x00200052, 'UI', '1.2.3a')) },
  { code: 'CharacterSetUnknown', why: 'a set of nobody', tag: 0x00080005, bytes: fileOf(charset('ISO_IR 999')) },
  {
    code: 'CharacterSetUnknown',
    why: 'two of which one cannot be extended',
    tag: 0x00080005,
    bytes: fileOf(charset('ISO_IR 100\\ISO 2022 IR 87')),
  },
  {
    code: 'TextUndecodable',
    why: 'a byte beyond ASCII and no set',
    tag: 0x00100010,
    bytes: fileOf({ tag: 0x00100010, vr: 'PN', value: latin('Zzyz\xfc') }),
  },
  {
    code: 'TextUndecodable',
    why: 'Latin in UTF-8',
    tag: 0x00100010,
    bytes: fileOf(charset('ISO_IR 192'), { tag: 0x00100010, vr: 'PN', value: latin('Zzyz\xfcx') }),
  },
  {
    code: 'TextUndecodable',
    why: 'an escape to no set',
    tag: 0x00100010,
    bytes: fileOf(charset('\\ISO 2022 IR 87'), { tag: 0x00100010, vr: 'PN', value: latin('Zz\x1b$Qx') }),
  },
  {
    code: 'PixelsTooLong',
    why: 'two bytes more',
    tag: 0x7fe00010,
    bytes: fileOf(...image, pixels(new Uint8Array(18))),
  },
  {
    code: 'VrUnexpected',
    why: 'OB for 16 bits',
    tag: 0x7fe00010,
    bytes: fileOf(short(0x00280100, 16), { ...pixels(new Uint8Array(32)), vr: 'OB' }),
  },
  { code: 'VrUnexpected', why: 'OW for fragments', tag: 0x7fe00010, bytes: fragmentsAsOw },
  {
    code: 'FramesMissing',
    why: 'two fragments for three frames',
    tag: 0x7fe00010,
    bytes: encapsulated('3', [new Uint8Array(2), new Uint8Array(2)]),
  },
  { code: 'FramesMissing', why: 'no fragment', tag: 0x7fe00010, bytes: encapsulated('1', []) },
];

describe('checkConformance', () => {
  test.each(broken)('finds $code for $why, and tells no value', async ({ code, tag, bytes }) => {
    const found = await conformanceOf(bytes);
    const here = found.filter((each) => each.place.tag === tag);
    expect(here.map((each) => each.code)).toContain(code);
    expect(here.every(({ place }) => place.offset >= 0 && place.offset < bytes.length)).toBe(true);
    expect(JSON.stringify(found)).not.toMatch(/Zzyz|ZZ|2019/);
  });

  test.each<[string, TestElement[]]>([
    [
      'dates and times of any precision',
      [text(0x0008002a, 'DT', '2019'), text(0x00080020, 'DA', '2019.05.18'), text(0x00080030, 'TM', '10:42:01.5')],
    ],
    ['numbers with spaces and exponents', [text(0x00280030, 'DS', ' 1.5e-3 \\-.5 '), text(0x00200013, 'IS', ' +7')]],
    ['a whole number with as many zeros as it may have', [text(0x00200013, 'IS', '000000000007')]],
    ['a UID with its padding', [{ tag: 0x00200052, vr: 'UI', value: latin('1.2.3\0') }]],
    ['one of the VRs that the standard offers', [{ tag: 0x00280106, vr: 'SS', value: new Uint8Array(2) }]],
    ['UN, as converters write it', [{ tag: 0x00080070, vr: 'UN', value: 'Zzyzx' }]],
    [
      'umlauts where the file says so',
      [charset('ISO_IR 100'), { tag: 0x00100010, vr: 'PN', value: latin('M\xfcller') }],
    ],
    [
      'Japanese by escapes',
      [charset('\\ISO 2022 IR 87'), { tag: 0x00100010, vr: 'PN', value: latin('Yamada=\x1b$B;3\x1b(B') }],
    ],
    ['a line break in a comment', [text(0x00204000, 'LT', 'one\r\ntwo \\ three')]],
    ['no value where one may be lacking', [text(0x00100010, 'PN', '')]],
    [
      'a character set of its own in an item',
      [
        {
          tag: 0x00081120,
          vr: 'SQ',
          items: [[charset('ISO_IR 192'), { tag: 0x00100010, vr: 'PN', value: new TextEncoder().encode('Мария') }]],
        },
      ],
    ],
    ['what a vendor does', [text(0x00090010, 'LO', 'ACME'), { tag: 0x00091001, vr: 'US', value: new Uint8Array(3) }]],
  ])('takes %s', async (_, elements) => {
    const found = await conformanceOf(fileOf(...elements));
    expect(found.filter(({ code }) => code !== 'AttributeMissing')).toEqual([]);
  });

  test.each([
    [
      'a byte of padding',
      fileOf(short(0x00280010, 3), short(0x00280011, 3), short(0x00280100, 8), pixels(new Uint8Array(10))),
    ],
    [
      'bits that fill no byte, and a byte of padding',
      fileOf(short(0x00280010, 17), short(0x00280011, 1), short(0x00280100, 1), pixels(new Uint8Array(4))),
    ],
    ['no number of frames', fileOf(text(0x00280008, 'IS', '  '), ...image, pixels(new Uint8Array(16)))],
    ['a number of no frames', fileOf(text(0x00280008, 'IS', '0'), ...image, pixels(new Uint8Array(16)))],
    ['8 bits as OB', fileOf(short(0x00280100, 8), { ...pixels(new Uint8Array(32)), vr: 'OB' })],
    ['8 bits as OW', fileOf(short(0x00280100, 8), pixels(new Uint8Array(32)))],
    ['a fragment a frame', encapsulated('2', [new Uint8Array(2), new Uint8Array(2)])],
    ['a frame of several fragments', encapsulated('1', [new Uint8Array(2), new Uint8Array(2)])],
  ])('takes pixels with %s', async (_, bytes) => {
    expect((await conformanceOf(bytes)).filter(({ place }) => place.tag === 0x7fe00010)).toEqual([]);
  });

  test('tells how long a text is in which a backslash is a character', async () => {
    const found = await conformanceOf(fileOf(text(0x00204000, 'LT', `${'Z'.repeat(10_000)}\\${'Z'.repeat(300)}`)));
    expect(found.find(({ code }) => code === 'ValueTooLong')?.message).toBe(
      'It has 10301 characters, but LT allows 10240',
    );
  });

  test('finds nothing wrong with a generated CT slice', async () => {
    expect(
      await conformanceOf(synthesizeCtSlice({ seed: 'sound', series: 1, instance: 1, rows: 8, columns: 8 })),
    ).toEqual([]);
  });

  test('tells each rule and attribute once, and no more than a person reads', async () => {
    const many = Array.from({ length: 200 }, (_, i) => text(0x00200020 + i, 'LO', 'x\x07'));
    const found = await conformanceOf(
      fileOf(
        { tag: 0x00081140, vr: 'SQ', items: [[many[0] ?? text(0, '', '')], [many[0] ?? text(0, '', '')]] },
        ...many,
      ),
    );
    expect(found).toHaveLength(limits.findingsPerFile + 1);
    expect(found.at(-1)).toMatchObject({
      code: 'FindingsOmitted',
      message: expect.stringMatching(/^There are \d+ more$/),
    });
  });
});
