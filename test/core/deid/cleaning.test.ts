import dicomParser from 'dicom-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textCleaner } from '../../../core/deid/edits/textCleaner.ts';
import { descriptorWords } from '../../../core/deid/tables/descriptorWords.ts';
import { deidentifyBytes, holds } from '../../fixtures/deidContext.ts';
import {
  explicitLittle,
  implicitLittle,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
} from '../../fixtures/writeDicom.ts';

type Deid = Parameters<typeof deidentifyBytes>[1];
const fileOf = (...elements: TestElement[]) =>
  writeFile({ data: writeElements(withIdentity(...elements), explicitLittle) });
const clean = async (elements: TestElement[], deid: Deid) => {
  const { bytes, changes } = await deidentifyBytes(fileOf(...elements), deid);
  return { bytes, set: dicomParser.parseDicom(bytes), paths: changes().map(({ path, action }) => `${path} ${action}`) };
};

describe('free text keeps words that name nobody', () => {
  const cleaner = textCleaner(['trialword'], () => ({ words: new Set(['knee', 'ward', 'ab']) }));

  test.each([
    ['T1 axial 3D FLAIR, with contrast', 'T1 axial 3D FLAIR, with contrast'],
    ['Head routine for Herr Zzyzxburg', 'Head routine'],
    ['CHEST 5mm b1000 1.25 mm B30f', 'CHEST 5mm b1000 1.25 mm B30f'],
    ['seen 12.05.1953 head', 'head'],
    ['head 555-1234', 'head'],
    ['head 12 05 53', 'head'],
    ['head 12 May 53', 'head'],
    ['MRN00815 abdomen', 'abdomen'],
    ['Knee left Ward', 'left'],
    ['ax TRIALWORD', 'ax TRIALWORD'],
    ['ax AB', 'ax'],
    ['Sch\xe4del ax', 'ax'],
    ['\x1b$B;3ED head', ''],
    ['nobody@example.org', ''],
    ['', ''],
  ])('%j becomes %j', (text, expected) => {
    expect(cleaner(text)).toBe(expected);
  });

  test('and what is cleaned once stays as it is', () => {
    const words = fc.constantFrom(
      ...descriptorWords.trim().split(/\s+/),
      'zzyzx',
      '12',
      '92',
      '120',
      '1953',
      '5mm',
      'May',
    );
    const by = fc.constantFrom(' ', '-', '/', ', ', '.', '_');
    fc.assert(
      fc.property(fc.array(fc.tuple(words, by), { maxLength: 12 }), (parts) => {
        const once = cleaner(parts.flat().join(''));
        expect(cleaner(once)).toBe(once);
        expect(once).not.toMatch(/zzyzx|1953|may/i);
      }),
    );
  });

  test('in descriptors, private elements and sequences that the option cleans', async () => {
    const name = 'Head for Zzyzxburg';
    const code = (scheme: string): TestElement[] => [
      { tag: 0x00080100, vr: 'SH', value: 'X-77' },
      { tag: 0x00080102, vr: 'SH', value: scheme },
      { tag: 0x00080104, vr: 'LO', value: name },
    ];
    const { set, bytes } = await clean(
      [
        { tag: 0x0008103e, vr: 'LO', value: name },
        { tag: 0x00081084, vr: 'SQ', items: [code('99OWN'), code('SCT')] },
        { tag: 0x00100010, vr: 'PN', value: 'Quillabeth' },
      ],
      { cleanDescriptors: true },
    );
    expect(set.string('x0008103e')).toBe('Head');
    const items = set.elements.x00081084?.items?.map(({ dataSet }) => dataSet?.string('x00080104'));
    expect(items).toEqual(['Head', name]);
    expect(holds(bytes, 'X-77')).toBe(true);
  });
});

describe('safe private elements', () => {
  const creator = (tag: number, value: string): TestElement => ({ tag, vr: 'LO', value });
  const siemens = (block: number, vr = 'DS'): TestElement[] => [
    creator(0x00190000 + block, 'SIEMENS MR HEADER'),
    { tag: 0x00190000 + block * 0x100 + 0x08, vr: 'CS', value: 'PLANTED' },
    { tag: 0x00190000 + block * 0x100 + 0x0c, vr, value: '1000 ' },
  ];

  test('stay by group, creator and low byte, in whatever block and item; nothing else does', async () => {
    const { paths, bytes } = await clean(
      [
        ...siemens(0x10),
        creator(0x00290010, 'SIEMENS CSA HEADER'),
        { tag: 0x00291010, vr: 'OB', value: 'planted' },
        { tag: 0x00291108, vr: 'LO', value: 'planted' },
        { tag: 0x52009229, vr: 'SQ', items: [siemens(0x12, 'UN')] },
      ],
      { retainSafePrivate: true },
    );
    const kept = paths.filter((path) => /\((?:0019|0029),/.test(path) && path.endsWith('kept'));
    expect(kept).toEqual([
      '(0019,0010) kept',
      '(0019,100C) kept',
      '(5200,9229)[1].(0019,0012) kept',
      '(5200,9229)[1].(0019,120C) kept',
    ]);
    expect(holds(bytes, 'planted')).toBe(false);
    expect(holds(bytes, 'PLANTED')).toBe(false);
    expect(holds(bytes, 'CSA')).toBe(false);
  });

  test('go without the option, and without their creator', async () => {
    const [, , element] = siemens(0x10);
    const without = await clean(siemens(0x10), {});
    expect(without.paths.filter((path) => path.startsWith('(0019') && !path.endsWith('removed'))).toEqual([]);
    const orphan = await clean(element === undefined ? [] : [element], { retainSafePrivate: true });
    expect(orphan.set.elements.x0019100c).toBeUndefined();
  });

  const marked = (status: string): TestElement[] => [
    {
      tag: 0x00080300,
      vr: 'SQ',
      items: [
        [
          { tag: 0x00080301, vr: 'US', value: Uint8Array.of(0x55, 0) },
          { tag: 0x00080302, vr: 'LO', value: 'OWN TOOL' },
          { tag: 0x00080303, vr: 'CS', value: status },
        ],
      ],
    },
    creator(0x00550010, 'OWN TOOL'),
    { tag: 0x00551001, vr: 'LO', value: 'scale' },
    { tag: 0x00551002, vr: 'PN', value: 'Zzyzx^Planted' },
    { tag: 0x00551003, vr: 'UI', value: '1.2.3.4.5.6.7' },
  ];

  test('stay where the file marks their block as safe, yet no name and no UID does', async () => {
    const { set, bytes } = await clean(marked('SAFE'), { retainSafePrivate: true });
    expect(set.string('x00551001')).toBe('scale');
    expect(set.string('x00551002')).toBe('ANONYMIZED');
    expect(set.string('x00551003')).toMatch(/^2\.25\./);
    expect(holds(bytes, 'Planted')).toBe(false);
    const unsafe = await clean(marked('UNSAFE'), { retainSafePrivate: true });
    expect(unsafe.set.elements.x00551001).toBeUndefined();
  });

  test('go where a sequence is filled with dummies: without its creator nobody can read one', async () => {
    const report: TestElement = { tag: 0x0040a730, vr: 'SQ', items: [siemens(0x10)] };
    const { paths } = await clean([report], { retainSafePrivate: true });
    expect(paths.filter((path) => path.includes('(0019,'))).toEqual([
      '(0040,A730)[1].(0019,0010) removed',
      '(0040,A730)[1].(0019,1008) removed',
      '(0040,A730)[1].(0019,100C) removed',
    ]);
  });

  test('that hold a name hold the file', async () => {
    const name: TestElement = { tag: 0x00100010, vr: 'PN', value: 'Zzyzxburg' };
    const planted: TestElement = { tag: 0x00551001, vr: 'LO', value: 'of zzyzxburg' };
    const elements = [...marked('SAFE').filter(({ tag }) => tag !== 0x00551001 && tag !== 0x00551002), name, planted];
    const refusal = deidentifyBytes(fileOf(...elements), { retainSafePrivate: true });
    await expect(refusal).rejects.toMatchObject({ name: 'ResidualIdentifier' });
  });
});

describe('structured content', () => {
  const code = (value: string, scheme = 'DCM'): TestElement[] => [
    { tag: 0x00080100, vr: 'SH', value },
    { tag: 0x00080102, vr: 'SH', value: scheme },
    { tag: 0x00080104, vr: 'LO', value: 'Concept' },
  ];
  const item = (concept: string, type: string, ...values: TestElement[]): TestElement[] =>
    [
      { tag: 0x0040a010, vr: 'CS', value: 'CONTAINS' },
      { tag: 0x0040a040, vr: 'CS', value: type },
      { tag: 0x0040a043, vr: 'SQ', items: [code(concept)] },
      ...values,
    ].sort((left, right) => left.tag - right.tag);
  const text = (value: string): TestElement => ({ tag: 0x0040a160, vr: 'UT', value });
  const report = (...items: TestElement[][]): TestElement[] => [
    { tag: 0x00080016, vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.88.33' },
    { tag: 0x0040a730, vr: 'SQ', items },
  ];
  const years = (value: string, unit = 'a'): TestElement => ({
    tag: 0x0040a300,
    vr: 'SQ',
    items: [
      [
        { tag: 0x004008ea, vr: 'SQ', items: [code(unit, 'UCUM')] },
        { tag: 0x0040a30a, vr: 'DS', value },
      ],
    ],
  });
  const content = report(
    item('99UNLISTED', 'TEXT', text('lung nodule of Zzyzxburg 5 mm')),
    item('121008', 'PNAME', { tag: 0x0040a123, vr: 'PN', value: 'Zzyzxburg^Q' }),
    item('112002', 'UIDREF', { tag: 0x0040a124, vr: 'UI', value: '1.2.3.4.5.6.7' }),
    item('121071', 'TEXT', text('finding planted')),
    item('121106', 'TEXT', text('comment planted')),
    item('111060', 'DATE', { tag: 0x0040a121, vr: 'DA', value: '20190518' }),
    item('121033', 'NUM', years('052')),
    item('121033', 'NUM', years('097')),
    item('113012', 'TEXT', text('planted')),
    item('121070', 'CONTAINER', { tag: 0x0040a730, vr: 'SQ', items: [item('113012', 'TEXT', text('planted'))] }),
  );

  test('becomes dummies without the option', async () => {
    const { bytes, set } = await clean(content, {});
    expect(holds(bytes, 'nodule')).toBe(false);
    expect(set.elements.x0040a730?.items).toHaveLength(10);
  });

  test('stays with the option, item by item', async () => {
    const { bytes, set } = await clean(content, {
      cleanStructuredContent: true,
      retainPatientCharacteristics: true,
      dates: 'remove',
    });
    for (const planted of ['Zzyzx', 'planted', '20190518', '1.2.3.4.5.6.7', '097'])
      expect([planted, holds(bytes, planted)]).toEqual([planted, false]);
    const items = set.elements.x0040a730?.items ?? [];
    const concepts = items.map(({ dataSet }) => dataSet?.elements.x0040a043?.items?.[0]?.dataSet?.string('x00080100'));
    expect(concepts).not.toContain('113012');
    expect(concepts.filter((concept) => concept === '121033')).toHaveLength(1);
    expect(items[0]?.dataSet?.string('x0040a160')).toBe('lung nodule of 5 mm');
    const container = items.at(-1)?.dataSet;
    expect(container?.string('x0040a040')).toBe('CONTAINER');
    // PS3.3: a content sequence has items or is absent
    expect(container?.elements.x0040a730).toBeUndefined();
  });

  test.each([
    ['an age that is coded otherwise', '424144002', '97', 'a', 0],
    ['an age in months', '121033', '1164', 'mo', 0],
    ['an age of months', '121033', '14', 'mo', 1],
    ['an age below 90 that is coded otherwise', '424144002', '89', 'a', 1],
    ['a measure in no unit of age', '121211', '97', 'mm', 1],
  ])('with the option %s of concept %s and %s %s stays %i times', async (_, concept, value, unit, times) => {
    const deid = { cleanStructuredContent: true, retainPatientCharacteristics: true };
    const kept = item('121070', 'TEXT', text('lung'));
    const { set } = await clean(report(kept, item(concept, 'NUM', years(value, unit))), deid);
    expect(set.elements.x0040a730?.items).toHaveLength(1 + times);
  });
});

describe('graphics', () => {
  const overlay = (group: number, type: string): TestElement[] => [
    { tag: group + 0x0010, vr: 'US', value: Uint8Array.of(4, 0) },
    { tag: group + 0x0022, vr: 'LO', value: 'lesion of Zzyzxburg' },
    { tag: group + 0x0040, vr: 'CS', value: type },
    { tag: group + 0x1500, vr: 'LO', value: 'Zzyzxburg' },
    { tag: group + 0x3000, vr: 'OW', value: `bits${type}` },
  ];
  const annotation: TestElement = {
    tag: 0x00700001,
    vr: 'SQ',
    items: [
      [
        { tag: 0x00700008, vr: 'SQ', items: [[{ tag: 0x00700006, vr: 'ST', value: 'left kidney Zzyzxburg' }]] },
        { tag: 0x00700009, vr: 'SQ', items: [[{ tag: 0x00700023, vr: 'CS', value: 'POLYLINE' }]] },
      ],
    ],
  };
  const drawn = [annotation, ...overlay(0x60000000, 'R'), ...overlay(0x60020000, 'G')];

  test('go without the option', async () => {
    const { bytes } = await clean(drawn, {});
    for (const planted of ['bits', 'kidney', 'Zzyzx']) expect(holds(bytes, planted)).toBe(false);
  });

  test('stay with the option, but for overlays that draw and words that name', async () => {
    const { bytes, set } = await clean(drawn, { cleanGraphics: true });
    expect([holds(bytes, 'bitsR'), holds(bytes, 'bitsG'), holds(bytes, 'Zzyzx')]).toEqual([true, false, false]);
    expect(set.string('x60000022')).toBe('lesion of');
    expect(set.elements.x60001500).toBeUndefined();
    expect(holds(bytes, 'left kidney')).toBe(true);
    expect(holds(bytes, 'POLYLINE')).toBe(true);
  });

  test('of another group inside an item go, in implicit VR too', async () => {
    const nested: TestElement = { tag: 0x00089215, vr: 'SQ', items: [overlay(0x60000000, 'R')] };
    const data = writeElements(withIdentity(nested, ...overlay(0x60000000, 'R')), implicitLittle);
    const { bytes } = await deidentifyBytes(writeFile({ transferSyntax: '1.2.840.10008.1.2', data }), {
      cleanGraphics: true,
    });
    expect(Buffer.from(bytes).toString('latin1').split('bitsR')).toHaveLength(2);
    expect(holds(bytes, 'Zzyzx')).toBe(false);
  });
});
