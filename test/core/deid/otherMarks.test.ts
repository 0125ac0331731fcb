import { describe, expect, test } from 'vitest';
import { deidentifyBytes } from '../../fixtures/deidContext.ts';
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
    ...['53-04-07', '53/04/07', '530407', '070453', '040753', '7/4/2496', 'KL530407'],
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
