import dicomParser from 'dicom-parser';
import { describe, expect, test } from 'vitest';
import { textCleaner } from '../../../core/deid/edits/textCleaner.ts';
import { deidentifyBytes } from '../../fixtures/deidContext.ts';
import { explicitLittle, type TestElement, withIdentity, writeElements, writeFile } from '../../fixtures/writeDicom.ts';

/** 45 CFR 164.514(b)(2)(i)(C): ages of 90 and above identify. */
describe('text that is cleaned', () => {
  const cleaner = (text: string, own: string[] = []) => textCleaner(own, () => ({ words: new Set() }))(text);

  test.each([
    ...[
      '92 years head',
      'head, 92yo',
      'head 92 y/o',
      'aged 92 head',
      '92-year-old head',
      'head: age 92',
      'age at 92, head',
    ],
    ...['Head Zzyzx 92', '92.5 y head', 'head 92 J.', 'head 092Y', '92 Jahre, head', '119yrs head', 'head 92 F'],
  ])('keeps no age of 90 and above of %j', (text) => {
    expect(cleaner(text).toLowerCase()).toBe('head');
  });

  test('keeps none where words stand between, or where the project lets years stay', () => {
    expect(cleaner('92 full years')).toBe('full');
    expect(cleaner('age at scan 92')).toBe('scan');
    expect(cleaner('head 92 years', ['years'])).toBe('head years');
    expect(cleaner('aged 92', ['aged'])).toBe('aged');
  });

  test.each(['head 89 years', 'angle 90', 'head 120 kV', 'matrix 256'])('keeps the number of %j', (text) => {
    expect(cleaner(text, ['years', 'matrix'])).toBe(text);
  });
});

const code = (tag: number, scheme: string, value: string, meaning: string): TestElement => ({
  tag,
  vr: 'SQ',
  items: [
    [
      { tag: 0x00080100, vr: 'SH', value },
      { tag: 0x00080102, vr: 'SH', value: scheme },
      { tag: 0x00080104, vr: 'LO', value: meaning },
    ],
  ],
});

describe('a content item that measures', () => {
  test.each([
    ['97', 'UCUM', 'a', 'year', 0],
    ['97', 'UCUM', 'a_j', 'Julian year', 0],
    ['1164', 'UCUM', 'mo_s', 'month', 0],
    ['97', 'SCT', '258707000', 'year', 0],
    ['97', '99OWN', 'Y', 'Years', 0],
    ['35000', 'SCT', '258703001', 'day', 0],
    ['45\\97', 'UCUM', 'a', 'year', 0],
    ['', 'UCUM', 'a', 'year', 0],
    ['45', 'UCUM', 'a_j', 'Julian year', 1],
    ['45', '99OWN', 'Y', 'Years', 1],
    ['97', 'UCUM', 'mm', 'millimeter', 1],
    ['97', 'UCUM', '/a', 'per year', 1],
  ])('%j in %s %s (%s) stays %i times', async (value, scheme, unit, meaning, times) => {
    const kept: TestElement[] = [
      { tag: 0x0040a040, vr: 'CS', value: 'TEXT' },
      code(0x0040a043, 'DCM', '121070', 'Findings'),
      { tag: 0x0040a160, vr: 'UT', value: 'lung' },
    ];
    const measured: TestElement[] = [
      { tag: 0x0040a040, vr: 'CS', value: 'NUM' },
      code(0x0040a043, 'SCT', '424144002', 'Current chronological age'),
      {
        tag: 0x0040a300,
        vr: 'SQ',
        items: [[code(0x004008ea, scheme, unit, meaning), { tag: 0x0040a30a, vr: 'DS', value }]],
      },
    ];
    const report: TestElement = { tag: 0x0040a730, vr: 'SQ', items: [kept, measured] };
    const bytes = writeFile({ data: writeElements(withIdentity(report), explicitLittle) });
    const output = await deidentifyBytes(bytes, { cleanStructuredContent: true, retainPatientCharacteristics: true });
    expect(dicomParser.parseDicom(output.bytes).elements.x0040a730?.items).toHaveLength(1 + times);
  });
});
