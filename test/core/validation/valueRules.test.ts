import { describe, expect, test } from 'vitest';
import type { FindingCode } from '../../../core/submission/codes/findingCatalogue.ts';
import { conformanceOf } from '../../fixtures/conformanceOf.ts';
import { explicitLittle, type TestElement, withIdentity, writeElements, writeFile } from '../../fixtures/writeDicom.ts';

/** An attribute of one to many values of each VR, where there is one. */
const tags: Record<string, number> = {
  ...{ AE: 0x00080054, AS: 0x00101010, CS: 0x00080061, DA: 0x00080020, DS: 0x00281050, DT: 0x0008002a, IS: 0x00180086 },
  ...{ LO: 0x00081080, LT: 0x00204000, PN: 0x00081070, SH: 0x00080094, ST: 0x00080081, TM: 0x00080030, UI: 0x0008001a },
  ...{ UR: 0x00081190, UT: 0x0040a160, UC: 0x00080119 },
};

type Value = string | Uint8Array;

async function codesFor(vr: string, value: Value, characterSet = 'ISO_IR 192'): Promise<FindingCode[]> {
  const tag = tags[vr] ?? 0;
  const charset: TestElement = { tag: 0x00080005, vr: 'CS', value: characterSet };
  const written = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  const bytes = writeFile({
    data: writeElements(withIdentity(charset, { tag, vr, value: written }), explicitLittle),
  });
  const found = (await conformanceOf(bytes)).filter(({ place }) => place.tag === tag);
  expect(JSON.stringify(found)).not.toMatch(/Zzyz|2019|2147483/);
  return found.map(({ code }) => code);
}

const bytesOf = (text: string) => Uint8Array.from(text, (each) => each.charCodeAt(0));

describe('the rules of PS3.5 Table 6.2-1', () => {
  test.each<[string, string, Value]>([
    ['DA', 'February 30', '20190230'],
    ['DA', 'February 29 of a common year', '20190229'],
    ['DA', 'February 29 of a century that is no leap year', '19000229'],
    ['DA', 'April 31', '20190431'],
    ['DA', 'April 31, with dots', '2019.04.31'],
    ['DA', 'a year 0', '00000101'],
    ['DA', 'a day 0', '20190100'],
    ['DA', 'a month 0', '20190018'],
    ['DA', 'a range, which only queries have', '2019-2020'],
    ['DA', 'a part of a day', '201905'],
    ['DA', 'a leading space', ' 20190518 '],
    ['DT', 'February 30', '20190230104200'],
    ['DT', 'a year 0', '0000'],
    ['DT', 'June 31 in a zone', '201906311042+0100'],
    ['DT', 'a zone beyond +1400', '20190518104200+1401'],
    ['DT', 'a zone beyond -1200', '20190518104200-1201'],
    ['DT', 'a zone of -0000', '20190518104200-0000'],
    ['DT', 'a leading space', ' 2019'],
    ['DT', 'a minute of 60', '201905181060'],
    ['DT', 'a second of 61', '20190518104261'],
    ['TM', 'a leading space', ' 1042'],
    ['TM', 'a second of 61', '104261'],
    ['TM', 'seven digits of a fraction', '104259.1234567'],
    ['IS', 'more than 31 bits', '2147483648\\1\\1'],
    ['IS', 'less than 32 bits', '1\\1\\-2147483649'],
    ['IS', 'ten digits', '9999999999\\1\\1'],
    ['DS', 'a space inside', '1 5'],
    ['DS', 'a number of hexadecimal', '0x15'],
    ['DS', 'two exponents', '1e5e5'],
    ['AS', 'a space', '45 Y'],
    ['AS', 'a unit of hours', '045H'],
    ['AE', 'nothing but spaces', '    '],
    ['AE', 'nothing but spaces, as the first of two', '    \\ZZYZX'],
    ['AE', 'a line break', 'Zzyz\r\n'],
    ['CS', 'a hyphen', 'ZZYZX-1'],
    ['LO', 'a NUL that pads', bytesOf('Zzyzx\0')],
    ['PN', 'a NUL that pads', bytesOf('Zzyzx\0')],
    ['PN', 'four groups', 'Zzyzx=Zzyzx=Zzyzx=Zzyzx'],
    ['PN', 'six components', 'Zzyzx^a^b^c^d^e'],
    ['PN', 'six components in the second group of the second name', 'Zzyzx\\Zzyzx=Zzyzx^a^b^c^d^e'],
    ['PN', 'four groups beside letters of two bytes', 'Zzyzx=Zzyzx=Zzyzx=Zzyzxü'],
    ['UR', 'a leading space', ' http://example.org/'],
    ['UR', 'braces, which are to be escaped', 'http://example.org/{Zzyzx}'],
    ['UR', 'a backslash', 'http://example.org\\Zzyzx'],
    ['LT', 'a backspace', 'Zzyz\bx'],
  ])('%s has no %s', async (vr, _, value) => {
    expect(await codesFor(vr, value)).toEqual(['ValueInvalid']);
  });

  test.each<[string, string, string]>([
    ['a root of 3', '3.1.2', 'UidInvalid'],
    ['an arc of 40 below the root 1', '1.40.2', 'UidInvalid'],
    ['one component', '1', 'UidInvalid'],
    ['a component of letters', '1.2.x', 'UidInvalid'],
  ])('a UID has not %s', async (_, value, code) => {
    expect(await codesFor('UI', value)).toEqual([code]);
  });

  test.each<[string, string, Value]>([
    ['DA', 'February 29 of a leap year', '20200229'],
    ['DA', 'February 29 of a century that is a leap year', '20000229'],
    ['DA', 'the first day', '00010101'],
    ['DA', 'the last day', '99991231'],
    ['DT', 'a year', '2019'],
    ['DT', 'a month', '201902'],
    ['DT', 'February 29 of a leap year', '2020022910'],
    ['DT', 'the largest zone', '20190518104200.123456+1400'],
    ['DT', 'the smallest zone', '20190518104200-1200'],
    ['DT', 'a zone of a quarter, behind a year', '2019+0545'],
    ['DT', 'a zone of no offset', '20190518104200+0000'],
    ['DT', 'a leap second', '20161231235960'],
    ['DT', 'trailing spaces', '201905181042  '],
    ['TM', 'an hour and a space', '10 '],
    ['TM', 'a leap second', '235960'],
    ['IS', 'the bounds of 32 bits', '2147483647\\-2147483648\\+0'],
    ['DS', 'a number far beyond what a computer holds, for which no bound is given', '1e999'],
    ['AS', 'the oldest', '999Y'],
    ['AE', 'spaces around', ' ZZYZX '],
    ['AE', 'no value', ''],
    ['CS', 'spaces around and inside', ' ZZYZX 1 \\ORIGINAL'],
    ['PN', 'three groups of five components', 'Z^a^b^c^d=Z^a^b^c^d=Z^a^b^c^d'],
    ['PN', 'five components in each of two names', 'Z^a^b^c^d\\Z^a^b^c^d'],
    ['UI', 'a root of 0, 1 and 2', '0.39.1\\1.39.1\\2.999.1'],
    ['UR', 'what RFC 3986 allows', "http://a:b@example.org:80/~x/-._?q=%41&r=(1)*2+3,4;5!'$#[f]"],
    ['UT', 'line breaks, tabs, pages and backslashes', 'Zzyzx\\\t1\r\n\f2'],
    ['UC', 'more than anybody reads', 'Zzyzx '.repeat(5000)],
  ])('%s may be %s', async (vr, _, value) => {
    expect(await codesFor(vr, value)).toEqual([]);
  });
});

describe('lengths are of characters, in every character set', () => {
  const kanji = (count: number) => bytesOf(`\x1b$B${';3'.repeat(count)}\x1b(B`);
  const chinese = (count: number) => Uint8Array.from({ length: count * 2 }, (_, i) => (i % 2 === 0 ? 0x81 : 0x5c));
  test.each<[string, string, string, Value]>([
    ['UTF-8', 'ISO_IR 192', 'LO', 'ü'.repeat(64)],
    ['UTF-8, beyond the first plane', 'ISO_IR 192', 'SH', '\u{20000}'.repeat(16)],
    ['UTF-8, of several values', 'ISO_IR 192', 'LO', `${'ü'.repeat(64)}\\${'ü'.repeat(64)}`],
    ['UTF-8, in groups of a name', 'ISO_IR 192', 'PN', `${'ü'.repeat(64)}=${'ü'.repeat(64)}`],
    ['GB18030, of letters that end like a backslash', 'GB18030', 'SH', chinese(16)],
    ['ISO 2022', '\\ISO 2022 IR 87', 'SH', kanji(16)],
    ['ISO 2022, in groups of a name', '\\ISO 2022 IR 87', 'PN', bytesOf('Z=\x1b$B;=\x1b(B=\x1b$B;^\x1b(B^Z')],
    ['Latin', 'ISO_IR 100', 'SH', bytesOf('\xfc'.repeat(16))],
  ])('not too many in %s', async (_, characterSet, vr, value) => {
    expect(await codesFor(vr, value, characterSet)).toEqual([]);
  });

  test.each<[string, string, string, Value]>([
    ['UTF-8', 'ISO_IR 192', 'LO', 'ü'.repeat(65)],
    ['UTF-8, in the second value', 'ISO_IR 192', 'LO', `ü\\${'ü'.repeat(65)}`],
    ['GB18030', 'GB18030', 'SH', chinese(17)],
    ['ISO 2022', '\\ISO 2022 IR 87', 'SH', kanji(17)],
    ['Latin', 'ISO_IR 100', 'SH', bytesOf('\xfc'.repeat(17))],
  ])('one too many in %s', async (_, characterSet, vr, value) => {
    expect(await codesFor(vr, value, characterSet)).toEqual(['ValueTooLong']);
  });

  test('several values of one are found in UTF-8', async () => {
    const study: TestElement = { tag: 0x00081030, vr: 'LO', value: new TextEncoder().encode('ü\\ü') };
    const charset: TestElement = { tag: 0x00080005, vr: 'CS', value: 'ISO_IR 192' };
    const found = await conformanceOf(writeFile({ data: writeElements(withIdentity(charset, study), explicitLittle) }));
    expect(found.filter(({ place }) => place.tag === study.tag).map(({ code }) => code)).toEqual([
      'MultiplicityInvalid',
    ]);
  });

  test.each(['', 'ISO_IR 100', 'ISO_IR 192', 'GB18030'])('%j knows no escape sequence', async (characterSet) => {
    expect(await codesFor('LO', kanji(2), characterSet)).toEqual(['TextUndecodable']);
  });
});
