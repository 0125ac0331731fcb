import { describe, expect, test } from 'vitest';
import { deidentifyBytes, holds } from '../../fixtures/deidContext.ts';
import {
  explicitLittle,
  implicitLittle,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
  writeHeader,
} from '../../fixtures/writeDicom.ts';

const latin = (value: string) => Uint8Array.from(value, (each) => each.charCodeAt(0));
const text = (tag: number, vr: string, value: string | Uint8Array = 'Frau Nirgendwer X'): TestElement => ({
  tag,
  vr,
  value,
});
const sorted = (elements: TestElement[]) => withIdentity(...elements.toSorted((left, right) => left.tag - right.tag));
const explicitFile = (elements: TestElement[]) => writeFile({ data: writeElements(sorted(elements), explicitLittle) });
const implicitFile = (elements: TestElement[]) =>
  writeFile({ transferSyntax: '1.2.840.10008.1.2', data: writeElements(sorted(elements), implicitLittle) });
const optional = { retainSafePrivate: true, cleanGraphics: true } as const;

const siemens = (vr: string, low: number): TestElement[] => [
  text(0x00190010, 'LO', 'SIEMENS MR HEADER'),
  text(0x00191000 + low, vr),
];
const overlay = (part: number, vr: string): TestElement[] => [text(0x60000040, 'CS', 'R'), text(0x60000000 + part, vr)];
const marked = (...elements: TestElement[]): TestElement[] => [
  {
    tag: 0x00080300,
    vr: 'SQ',
    items: [
      [
        { tag: 0x00080301, vr: 'US', value: Uint8Array.of(0x55, 0) },
        text(0x00080302, 'LO', 'OWN TOOL'),
        text(0x00080303, 'CS', 'SAFE'),
      ],
    ],
  },
  text(0x00550010, 'LO', 'OWN TOOL'),
  ...elements,
];
const item = writeElements([text(0x00100010, 'PN', 'Nirgendwer^X')], implicitLittle);
const closed = new Uint8Array([...writeHeader(0xfffee000, item.length, implicitLittle), ...item]);

test.each<[string, Uint8Array]>([
  ['a number of 64 bits', explicitFile([text(0x00189073, 'LT')])],
  ['a number of 16 bits', explicitFile([text(0x00280002, 'LO')])],
  ['a number written as one of text', explicitFile([text(0x00189073, 'DS')])],
  ['a number behind UN', explicitFile([text(0x00189073, 'UN')])],
  ['a number in replaced content', explicitFile([{ tag: 0x0040a730, vr: 'SQ', items: [[text(0x0040a161, 'LT')]] }])],
  ['a number of a safe private element', explicitFile(siemens('LO', 0x0c))],
  ['the same behind UN', explicitFile(siemens('UN', 0x0c))],
  ['the same in implicit VR', implicitFile(siemens('DS', 0x0c))],
  ['a safe private number of 64 bits', explicitFile(siemens('UT', 0x0e))],
  ['the same of implicit VR', implicitFile(siemens('FD', 0x0e))],
  ['rows of an overlay', explicitFile(overlay(0x10, 'LO'))],
  ['a statistic of an overlay', explicitFile(overlay(0x1302, 'LO'))],
  ['the same in implicit VR', implicitFile(overlay(0x1302, 'DS'))],
  ['a safe private sequence behind UN and a length', explicitFile(marked(text(0x00551001, 'UN', closed)))],
  ['the same in implicit VR', implicitFile(marked(text(0x00551001, 'SQ', closed)))],
])('words do not pass as %s', async (_, bytes) => {
  expect(holds(bytes, 'Nirgendwer')).toBe(true);
  for (const deid of [{}, optional]) {
    expect(holds((await deidentifyBytes(bytes, deid)).bytes, 'Nirgendwer')).toBe(false);
  }
});

test.each<[string, TestElement[], string]>([
  ['as text', [text(0x00189087, 'DS', '1000.5')], '1000.5'],
  ['of a safe private element', [text(0x00190010, 'LO', 'SIEMENS MR HEADER'), text(0x0019100c, 'UN', '1000')], '1000'],
])('a number stays that is written %s', async (_, elements, number) => {
  expect(holds((await deidentifyBytes(explicitFile(elements), optional)).bytes, number)).toBe(true);
});

describe('a name is found in', () => {
  const smith = text(0x00100010, 'PN', 'Smith^Anna');
  const kanji: TestElement[] = [
    text(0x00080005, 'CS', 'ISO_IR 192'),
    text(0x00100010, 'PN', new TextEncoder().encode('山田^太郎')),
    {
      tag: 0x00089215,
      vr: 'SQ',
      items: [[text(0x00080005, 'CS', '\\ISO 2022 IR 87'), text(0x00080104, 'UN', latin('\x1b$B;3ED\x1b(B'))]],
    },
  ];

  test.each<[string, Uint8Array]>([
    ['bytes that are all text', explicitFile([smith, text(0x00081090, 'OB', 'of Smith')])],
    ['bytes of numbers that are all text', implicitFile([smith, text(0x00189073, 'FD', 'of Smith')])],
    ['a private text with tabs', explicitFile([smith, ...marked(text(0x00551001, 'UN', 'of\tSmith'))])],
    ['private bytes', explicitFile([smith, ...marked(text(0x00551001, 'OB', 'of:Smith:'))])],
    ['kanji of another set behind UN', explicitFile(kanji)],
  ])('%s', async (_, bytes) => {
    await expect(deidentifyBytes(bytes, optional)).rejects.toMatchObject({ name: 'ResidualIdentifier' });
  });

  test('but not a word of techniques', async () => {
    const file = explicitFile([text(0x00100010, 'PN', 'Foot^Anna'), text(0x00282000, 'OB', 'of Foot:')]);
    expect(holds((await deidentifyBytes(file)).bytes, 'of Foot:')).toBe(true);
  });
});
