import { describe, expect, test } from 'vitest';
import { deidentifyBytes } from '../../fixtures/deidContext.ts';
import { explicitLittle, type TestElement, withIdentity, writeElements, writeFile } from '../../fixtures/writeDicom.ts';

type Deid = Parameters<typeof deidentifyBytes>[1];
const latin = (value: string) => Uint8Array.from(value, (each) => each.charCodeAt(0));
const utf8 = (value: string) => new TextEncoder().encode(value);
const text = (tag: number, vr: string, value: string | Uint8Array): TestElement => ({ tag, vr, value });
const fileOf = (...elements: TestElement[]) => {
  const sorted = elements.toSorted((left, right) => left.tag - right.tag);
  return writeFile({ data: writeElements(withIdentity(...sorted), explicitLittle) });
};
const refusalOf = (elements: readonly TestElement[], deid: Deid = {}) =>
  deidentifyBytes(fileOf(...elements), deid).then(
    () => 'no refusal',
    (error: unknown) => String(error),
  );

const unicode = text(0x00080005, 'CS', 'ISO_IR 192');
const western = text(0x00080005, 'CS', 'ISO_IR 100');
const named = (value: string | Uint8Array) => text(0x00100010, 'PN', value);
const identified = (value: string) => text(0x00100020, 'LO', value);
const born = text(0x00100030, 'DA', '19600518');
const studied = text(0x00080020, 'DA', '20190518');
/** A text that every profile keeps. */
const noted = (value: string | Uint8Array) => text(0x00620006, 'ST', value);

describe('a name is found that a kept text spells otherwise', () => {
  test.each<[string, TestElement[]]>([
    ['Polish letters that are not at hand', [unicode, named(utf8('Wałęsa^Łukasz')), noted('by Walesa')]],
    ['Scandinavian letters, spelled out', [western, named(latin('S\xf8rg\xe5rd^K')), noted('by Soergaard')]],
    ['Scandinavian letters, bare', [western, named(latin('S\xf8rg\xe5rd^K')), noted('by Sorgard')]],
    ['Turkish letters', [unicode, named(utf8('Yıldız^Işıl')), noted('by YILDIZ')]],
    ['Cyrillic in Latin letters', [unicode, named(utf8('Ющенко^Пётр')), noted('by YUSHCHENKO')]],
    ['Greek in Latin letters', [unicode, named(utf8('Παπαδάκης^Α')), noted('by Papadakis')]],
    ['marks where the name has none', [western, named('Mueller^Garcia'), noted(latin('by M\xfcller'))]],
    ['full width', [unicode, named('Smith^Anna'), noted(utf8('by ＳＭＩＴＨ'))]],
    [
      'an escape sequence in the middle',
      [text(0x00080005, 'CS', '\\ISO 2022 IR 87'), named('Smithson^Anna'), noted('by Smith\x1b(Bson')],
    ],
    ['katakana for hiragana', [unicode, named(utf8('Yamada^Taro==やまだ^たろう')), noted(utf8('ヤマダ様'))]],
    [
      'the name that a patient goes by',
      [{ tag: 0x00100011, vr: 'SQ', items: [[text(0x00100012, 'LT', 'Smithie')]] }, noted('of Smithie')],
    ],
    ['the other order', [named('Li^Na'), noted('for Na Li')]],
    ['one word', [named('Smith^Anna'), noted('export ANNASMITH2')]],
    ['the second half of a double name', [named('Meier-Smith^Anna'), noted('by Smith')]],
    ['a name in brackets', [named('Meier (Smith)^Anna'), noted('by Smith')]],
    ['a name that an underscore parts', [named('Smith_Anna'), noted('by Smith')]],
    ['an account of name and point', [named('anna.smith'), noted('by Smith')]],
    ['an apostrophe that is left out', [named("O'Smith^Anna"), noted('by OSmith')]],
    ['an apostrophe that is a space', [named("O'Smith^Anna"), noted('by O Smith')]],
    ['UTF-8 of which nothing is said', [named(utf8('Müller^J')), noted('by Mueller')]],
    ['UTF-8 that is said to be Latin', [western, named(utf8('Müller^J')), noted(latin('by M\xfcller'))]],
    ['Latin that is said to be UTF-8', [unicode, named(latin('M\xfcller^J')), noted(utf8('by Müller'))]],
    ['a number behind', [named('Smith^Anna'), noted('export smith01')]],
    ['a number before', [named('Smith^Anna'), noted('export 01smith')]],
    ['an initial before', [named('Smith^Anna'), noted('export asmith')]],
    ['an initial behind', [named('Smith^Anna'), noted('export SMITHA')]],
  ])('%s', async (_, elements) => {
    const refusal = await refusalOf(elements);
    expect(refusal).toMatch(/^ResidualIdentifier.*\(0062,0006\)/);
    expect(refusal).not.toMatch(/smith|walesa|mueller|müller/i);
  });
});

describe('an id is found', () => {
  test.each([
    ['987654321', '987-65-4321'],
    ['987654321', '987 65 4321'],
    ['9434765919', '943 476 5919'],
    ['987-65-4321', '987654321'],
    ['MRN-0048213756', '48213756'],
    ['48213756', '0048213756'],
    ['0048213', '48213'],
  ])('%s as %s in text', async (id, note) => {
    expect(await refusalOf([identified(id), noted(`of ${note}.`)])).toMatch(/^ResidualIdentifier/);
  });

  test.each<[string, TestElement]>([
    ['where a number is due', text(0x00200013, 'IS', '48213756')],
    ['among numbers', text(0x00280030, 'DS', '0.5\\48213756 ')],
    ['in bytes', text(0x00282000, 'OB', latin('x 48213756 '))],
    ['in a UID', text(0x0008010d, 'UI', '1.2.48213756.1')],
    ['in a defined term', text(0x00180015, 'CS', 'P48213756')],
  ])('of digits alone %s', async (_, element) => {
    expect(await refusalOf([identified('48213756'), element])).toMatch(/^ResidualIdentifier/);
  });

  test.each<[string, string, TestElement]>([
    ['120000', 'a time', text(0x00080030, 'TM', '120000.00')],
    ['20190518', 'the date of the study', studied],
    ['48213756', 'a fraction', text(0x00280030, 'DS', '0.48213756\\1')],
    ['4821375', 'a longer number', text(0x00200013, 'IS', '48213756')],
    ['123456789', 'a table that rises', text(0x00281201, 'OW', latin('/0123456789:;<'))],
  ])('but not %s in %s, which equals it by chance', async (id, _, element) => {
    expect(await refusalOf([identified(id), element], { dates: 'retain' })).toBe('no refusal');
  });
});

describe('a day is found', () => {
  test.each([
    ...['18052019', '05182019', '2019_05_18', '18/05/19', '05-18-19', '18. Mai 2019', '18 mai 2019', '18-MEI-2019'],
    ...['18 de mayo de 2019', 'May 18th, 2019', '201905181530', '2019051807', '18MAY2019', 'CT20190518'],
  ])('as %s', async (note) => {
    expect(await refusalOf([studied, noted(`of ${note}`)])).toMatch(/^ResidualIdentifier/);
  });

  test.each<[string, TestElement]>([
    ['where a number is due', text(0x00200011, 'IS', '20190518')],
    ['in a defined term', text(0x00180015, 'CS', 'CT 20190518')],
    ['in bytes', text(0x00282000, 'OB', latin('x 20190518 '))],
    ['in a UID, before the time', text(0x0008010d, 'UI', '1.3.12.2.1107.5.2.2019051809313195836364')],
  ])('%s', async (_, element) => {
    expect(await refusalOf([studied, element])).toMatch(/^ResidualIdentifier/);
  });

  test('in a UID that is retained, where dates move', async () => {
    const frame = text(0x00200052, 'UI', '1.3.12.2.1107.5.2.2019051809313195836364');
    expect(await refusalOf([studied, frame], { retainUids: true })).toMatch(/^ResidualIdentifier.*\(0020,0052\)/);
    expect(await refusalOf([studied, frame], { retainUids: true, dates: 'retain' })).toBe('no refusal');
    expect(await refusalOf([studied, frame])).toBe('no refusal');
  });

  test('but not in a fraction', async () => {
    expect(await refusalOf([studied, text(0x00280030, 'DS', '0.20190518\\1')])).toBe('no refusal');
  });
});

describe('the day of birth is found', () => {
  test.each([
    ['19600518', '1960/5/18'],
    ['19600518', '18.05.60'],
    ['1960-05-18', '18.05.1960'],
    ['18.05.1960', '1960-05-18'],
    ['18/5/1960', '19600518'],
    ['1960.05.18', '18 May 1960'],
    ['19600518120000', '18.05.1960'],
  ])('that is given as %s, in a text as %s', async (given, note) => {
    const elements = [text(0x00100030, 'DA', given), noted(`of ${note}.`)];
    expect(await refusalOf(elements)).toMatch(/^ResidualIdentifier.*\(0062,0006\)/);
  });
});

test.each<[string, TestElement, string]>([
  ['an address of mail', text(0x00401104, 'UT', 'anna@example.org'), 'at anna@example.org'],
  ['a number to call', text(0x00402010, 'SH', '0171-2345678'), 'call 01712345678'],
])('%s is found', async (_, element, note) => {
  expect(await refusalOf([element, noted(note)])).toMatch(/^ResidualIdentifier/);
});

describe('where dates are retained, the day of birth is looked for', () => {
  test.each<[string, TestElement]>([
    ['in text', noted('born 19600518')],
    ['in a file name', noted('CT_18051960.dcm')],
    [
      'in another date',
      { tag: 0x0040a730, vr: 'SQ', items: [[text(0x0040a040, 'CS', 'DATE'), text(0x0040a121, 'DA', '19600518')]] },
    ],
  ])('%s', async (_, element) => {
    const deid = { dates: 'retain', cleanStructuredContent: true } as const;
    expect(await refusalOf([born, element], deid)).toMatch(/^ResidualIdentifier/);
  });

  test('but not where it is that of the study', async () => {
    expect(await refusalOf([text(0x00080020, 'DA', '19600518'), born], { dates: 'retain' })).toBe('no refusal');
  });
});
