import { expect, test } from 'vitest';
import { namingTexts } from '../../../../core/deid/identifiers/namingTexts.ts';

test('what is kept for one list of values is never given for another, whatever characters they have', () => {
  const joined = [...'\u0000\u0001\u0002 0123456789'];
  for (const mark of joined) {
    const one = namingTexts([{ kind: 'name', text: `ZZYZX${mark}id${mark}QUUXWORTH${mark}`, characterSet: '' }]);
    const two = namingTexts([
      { kind: 'name', text: 'ZZYZX', characterSet: '' },
      { kind: 'id', text: 'QUUXWORTH', characterSet: '' },
    ]);
    expect(two.texts).toContain('quuxworth');
    expect(two.texts).toContain('zzyzx');
    expect(one).not.toBe(two);
  }
});

test('a value is never taken for another, wherever a character set ends and a name begins', () => {
  const { texts } = namingTexts([
    { kind: 'name', text: 'IR 87 ZZYZX\u00e9', characterSet: 'ISO 2022' },
    { kind: 'name', text: 'ZZYZX\u00e9', characterSet: 'ISO 2022 IR 87' },
  ]);
  expect(texts).toContain('ir 87 zzyzx\u00e9');
  expect(texts).toContain('zzyzx\u00e9');
});

test('the same list again gives what was made before', () => {
  const values = () => [{ kind: 'name' as const, text: 'ZZYZX^NOBODY', characterSet: '' }];
  expect(namingTexts(values())).toBe(namingTexts(values()));
});
