import { describe, expect, test } from 'vitest';
import { deidentifyBytes, holds } from '../../fixtures/deidContext.ts';
import { explicitLittle, type TestElement, withIdentity, writeElements, writeFile } from '../../fixtures/writeDicom.ts';

type Deid = Parameters<typeof deidentifyBytes>[1];
const utf8 = (value: string) => new TextEncoder().encode(value);
const text = (tag: number, vr: string, value: string | Uint8Array): TestElement => ({ tag, vr, value });
const refusalOf = (elements: readonly TestElement[], deid: Deid = {}) =>
  deidentifyBytes(writeFile({ data: writeElements(withIdentity(...elements), explicitLittle) }), deid).then(
    () => 'no refusal',
    (error: unknown) => String(error),
  );

const unicode = text(0x00080005, 'CS', 'ISO_IR 192');
const named = (value: string) => text(0x00100010, 'PN', utf8(value));
const born = text(0x00100030, 'DA', '19530407');
/** A text that every profile keeps. */
const noted = (value: string) => text(0x00620006, 'ST', utf8(value));

describe('a day is found in free text', () => {
  test.each([
    ...[
      '1953年4月7日',
      '1953年04月07日',
      '１９５３年４月７日',
      '1953년 4월 7일',
      '1953. 4. 7.',
      '昭和28年4月7日',
      'S28.4.7',
      '民國42年4月7日',
    ],
    ...[
      '07.Apr.1953',
      '7-Apr-53',
      '07APR53',
      '1953-Apr-07',
      '1953 Apr 07',
      '07/Apr/1953',
      'Apr. 7, 1953',
      'April 07,1953',
    ],
    ...['7th of April 1953', '7th April 1953', 'the 7th of April, 1953', '7. April 53', '7.IV.1953', '7 avr. 1953'],
    ...['7 de abril del 1953', '7 abr 1953', '7 kwietnia 1953', '7. dubna 1953', '7 апреля 1953', '7 Απριλίου 1953'],
    ...['1953:04:07', '1953,04,07', '1953|04|07', '7. 4. 1953', '07 / 04 / 1953', '1953 - 04 - 07', '1953–04–07'],
    ...[
      '٧/٤/١٩٥٣',
      '۱۹۵۳-۰۴-۰۷',
      '๗/๔/๒๔๙๖',
      '53-04-07',
      '53/04/07',
      '530407',
      '070453',
      '040753',
      '7/4/2496',
      'KL530407',
    ],
  ])('as %s', async (note) => {
    const refusal = await refusalOf([unicode, born, noted(`of ${note}`)]);
    expect(refusal).toMatch(/^ResidualIdentifier.*\(0062,0006\)/);
    expect(refusal).not.toContain('53');
  });

  test.each(['8.4.1953', '7 4 53', '07:04:53', 'April 1953', '1953', '07.04-53', '5304071', '4 7 1954'])(
    'but not in %s',
    async (note) => {
      expect(await refusalOf([unicode, born, noted(`of ${note}`)])).toBe('no refusal');
    },
  );

  test('whatever element says the day', async () => {
    const admitted = text(0x00380020, 'DA', '20190518');
    const elements = [admitted, text(0x00081090, 'LO', 'of 18 May 2019')];
    expect(await refusalOf(elements)).toMatch(/^ResidualIdentifier/);
    expect(await refusalOf(elements, { dates: 'retain' })).toBe('no refusal');
  });

  test('where one is found no more than in a thousand others', async () => {
    const days = Array.from({ length: 1000 }, (_, i) => `20${10 + (i % 80)}${String(1 + (i % 12)).padStart(2, '0')}18`);
    const elements = [text(0x00189919, 'DT', days.join('\\')), text(0x00081090, 'LO', 'of 18 May 2014')];
    expect(await refusalOf(elements)).toMatch(/^ResidualIdentifier.*\(0008,1090\)/);
  });
});

describe('a name is found', () => {
  test.each([
    ['Papadimitrakopoulos^K', 'PAPADIMITRAKOPOU'],
    ['Ng^Konstantinopoulos', 'NG KONSTANTINOPO'],
    ['Smithson^Anna', 'Smi\u00adthson'],
    ['Smithson^Anna', 'Smi\u200bthson'],
    ['Smithson^Anna', 'S m i t h s o n'],
    ['Smithson^Anna', 'A. S.M.I.T.H.S.O.N.'],
    ['Smithson^Anna', 'Smith-son'],
    ['Smithson^Anna', 'CT_SMITH_SON_2'],
    ['Smithson^Anna', 'Smith-\r\n  son'],
    ['Smithson^Anna', 'Smith\u0007son'],
    ['Smithson^Anna', 'Smith=\r\nson'],
    ['van der Leyen^Ursa', 'vanderleyen'],
    ['van der Leyen^Ursa', 'ursavanderleyen2'],
    ['Ng^An^Thi', 'An Thi Ng'],
    ['Ng^An^Thi', 'Ng Thi An'],
    ['Ng^An', 'NG_AN'],
    ['Ng^An', 'Ng  An'],
    ['Li^Na', 'na.li'],
    ['Kim^Cheol=김^철', '김철 님'],
    ['Wang^Ming=王^明', '王明先生'],
    ['Müller^J', 'M?ller'],
    ['Müller^J', 'M_ller'],
    ['Gärtner^J', 'Grtner'],
    ['Müller^J', 'MÃ¼ller'],
    ['Müller^J', 'M&uuml;ller'],
    ['Müller^J', 'M&#252;ller'],
    ['Müller^J', 'M&#xFC;ller'],
    ['Müller^J', 'M\\u00FCller'],
    ['Müller^J', 'M%C3%BCller'],
    ['Müller^J', 'M=C3=BCller'],
    ['Großmann^J', 'GRO&szlig;MANN'],
    ['Ｓｍｉｔｈｓｏｎ^Ａ', 'by Smithson'],
  ])('%s as %j', async (name, note) => {
    expect(await refusalOf([unicode, named(name), noted(`of ${note}`)])).toMatch(/^ResidualIdentifier/);
  });

  test('before bytes that are cut off', async () => {
    const elements = [unicode, named('Yamada^Taro==やまだ^たろう'), noted('ヤマダ様\0QX')];
    expect(await refusalOf(elements)).toMatch(/^ResidualIdentifier.*\(0062,0006\)/);
  });

  test.each([
    ['Van^De', 'van-de'],
    ['Overhead^An', 'over head'],
    ['Head^Neck', 'head-neck'],
    ['Smithson^Anna', 'smith son'],
    ['Kemper^An', 'kemp-erich'],
    ['Papadimi^K', 'PAPADI'],
  ])('but not %s in %s', async (name, note) => {
    expect(await refusalOf([named(name), noted(`of ${note}`)])).toBe('no refusal');
  });
});

describe('an id is found', () => {
  test.each<[string, number, string, string]>([
    ['a telephone', 0x00102154, '0171-2345678', '0171 2345678'],
    ['a telephone', 0x00102154, '(555) 123-4567', '555.123.4567'],
    ['a telephone', 0x00102154, '+49 171 2345678', '0171/2345678'],
    ['a telephone', 0x00102154, '0171 2345678', '+49 (171) 2345678'],
    ['a telephone of a physician', 0x00080094, '555-123-4567', '5551234567'],
    ['a number', 0x00100020, '123456789012', '1234 5678 9012'],
    ['letters and a number', 0x00100020, 'A123456789', 'A 123 456 789'],
    ['letters and a number', 0x00100020, 'MRN-2019-00815', 'MRN 2019/00815'],
    ['what is cut', 0x00100020, 'PATIENTNUMBER-48213756-X', 'PATIENTNUMBER-48'],
    ['with who gave it', 0x00100020, '48213756^^^HOSP', 'of 48213756'],
    ['a line that calls', 0x00102155, 'tel:+49 171 2345678', '0171 2345678'],
    ['an account of mail', 0x00102155, 'mailto:quillabeth77@example.org', 'quillabeth77'],
    ['an account of mail behind a number', 0x00102155, 'tel:+49171;mailto:quillabeth77@example.org', 'quillabeth77'],
    ['of an insurance', 0x00101050, 'INSURED-887123', 'INSURED-887123'],
    ['with who gave it', 0x00100020, '48213756&HOSP', 'of 48213756'],
    ['another calendar', 0x00100033, 'S28.04.07', 'S28.04.07'],
    ['of a study', 0x00200010, 'STUDY-4711', 'STUDY-4711'],
    ['of a specimen', 0x00400551, 'SPEC-7712345', 'spec 7712345'],
    ['of a trial', 0x00120040, 'SUBJECT-7712', 'SUBJECT-7712'],
  ])('%s (%i) %s as %s', async (_, tag, id, note) => {
    const elements = [text(tag, 'LO', id), noted(`of ${note}`)].sort((left, right) => left.tag - right.tag);
    expect(await refusalOf(elements)).toMatch(/^ResidualIdentifier.*\(0062,0006\)/);
  });

  test.each([
    ['123456', 'of 12.34.56'],
    ['ABC12', 'of abc 12'],
    ['20190518', 'of 2019 0518'],
  ])('but not %s in %s', async (id, note) => {
    expect(await refusalOf([text(0x00100020, 'LO', id), noted(note)])).toBe('no refusal');
  });
});

describe('a UID is found', () => {
  const uid = '2.25.329800735698586629295641978511506172918';
  const wide = (value: string) => Buffer.from(value, 'utf16le');

  test.each<[string, TestElement]>([
    ['as a UUID', noted('of {F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6}')],
    ['as a UUID without marks', noted('of f81d4fae7dec11d0a76500a0c91e6bf6.dcm')],
    ['with the marks of a file name', noted(`of CT_${uid.replaceAll('.', '_')}.dcm`)],
    ['behind numbers', noted(`of IM0001.2.${uid}.1`)],
    ['in UTF-16', text(0x00281201, 'OW', wide(`x ${uid} y`))],
    ['in UTF-16 of the other order', text(0x00281201, 'OW', wide(`x ${uid} y`).swap16())],
  ])('%s', async (_, element) => {
    const elements = [text(0x0020000d, 'UI', uid), element];
    expect(await refusalOf(elements)).toMatch(/^ResidualIdentifier/);
    const others = [text(0x0020000d, 'UI', `${uid.slice(0, -1)}9`), element];
    expect(await refusalOf(others)).toBe('no refusal');
  });

  test('in the text of a second file of a series, which was harmless in the first', async () => {
    const note = noted('of 1.2.840.99999.17.42_1');
    const file = (instance: string) => [text(0x00080018, 'UI', instance), named('Zzyzxburg'), note];
    expect(await refusalOf(file('1.2.840.99999.17.41'))).toBe('no refusal');
    expect(await refusalOf(file('1.2.840.99999.17.42.1'))).toMatch(/^ResidualIdentifier/);
  });
});

test('a day in UTF-16 is found', async () => {
  const element = text(0x00281201, 'OW', Buffer.from('x 19530407 y', 'utf16le'));
  expect(await refusalOf([born, element])).toMatch(/^ResidualIdentifier.*\(0028,1201\)/);
});

describe('who stands in a code is found', () => {
  const code = [
    text(0x00080100, 'SH', 'STAFF4711'),
    text(0x00080102, 'SH', '99X'),
    text(0x00080104, 'LO', 'Smithson, A'),
  ];

  test.each(['by Smithson', 'by staff 4711'])('%s', async (note) => {
    const person: TestElement = { tag: 0x00401101, vr: 'SQ', items: [code] };
    expect(await refusalOf([person, noted(note)])).toMatch(/^ResidualIdentifier.*\(0062,0006\)/);
    const other: TestElement = { tag: 0x00081032, vr: 'SQ', items: [code] };
    expect(await refusalOf([other, noted('by Smithson')], { cleanDescriptors: true })).toBe('no refusal');
  });
});

describe('in a term and in bytes that are a text', () => {
  test.each<[string, TestElement, TestElement]>([
    ['a day', born, text(0x00180015, 'CS', '07_APR_1953')],
    ['a name', named('Ng^An'), text(0x00180015, 'CS', 'NG_AN')],
    ['an id', text(0x00100020, 'LO', 'MRN-2019-00815'), text(0x00180015, 'CS', 'MRN 2019 00815')],
    ['a name of several values', named('Smithson^Anna'), text(0x00180015, 'CS', 'SMITH\\SON')],
    ['a day of bytes', born, text(0x00282000, 'OB', utf8('of 7.Apr.1953'))],
    ['a day between other bytes', born, text(0x00282000, 'OB', utf8('\u0001\u0002\u00001953-04-07\u0000\u0001'))],
  ])('%s is found', async (_, identifier, element) => {
    const elements = [identifier, element].sort((left, right) => left.tag - right.tag);
    expect(await refusalOf(elements)).toMatch(/^ResidualIdentifier/);
  });
});

test.each([
  ['Arabic', 'X^A=محمد^أ', 'مُحَمَّد'],
  ['Hebrew', 'X^A=דוד כהן^א', 'כֹּהֵן'],
])('a name is found that a text writes with vowels: %s', async (_, name, note) => {
  expect(await refusalOf([unicode, named(name), noted(note)])).toMatch(/^ResidualIdentifier/);
});

test.each([
  ['a day', born, 'born 7-Apr-53'],
  ['a number', text(0x00102154, 'SH', '555-1234567'), 'call 555 123 4567'],
])('%s of an earlier stamp goes', async (_, identifier, stamp) => {
  const elements = [identifier, text(0x00120062, 'CS', 'YES'), text(0x00120063, 'LO', `${stamp}\\CTP`)];
  const { bytes } = await deidentifyBytes(
    writeFile({ data: writeElements(withIdentity(...elements), explicitLittle) }),
  );
  expect(holds(bytes, stamp)).toBe(false);
  expect(holds(bytes, 'CTP')).toBe(true);
});

describe('where somebody lives is found', () => {
  test.each([
    ['12 Elmwood Lane Springfield IL 62704', 'at Springfield'],
    ['Elm Street 12, Someville', '12, Elm Street'],
    ['Elmwoodstrasse 12, Someville', 'Elmwoodstrasse'],
  ])('%s as %s', async (address, note) => {
    expect(await refusalOf([text(0x00101040, 'LO', address), noted(note)])).toMatch(/^ResidualIdentifier/);
  });

  test('but not in an institution that is retained', async () => {
    const elements = [text(0x00080080, 'LO', 'Springfield Clinic'), text(0x00101040, 'LO', 'Elm Lane, Springfield')];
    expect(await refusalOf(elements, { retainInstitutionIdentity: true })).toBe('no refusal');
  });
});
