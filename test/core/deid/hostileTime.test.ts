import { expect, test } from 'vitest';
import type { ProjectPolicy } from '../../../core/policy/ProjectPolicy.ts';
import { deidentifyBytes } from '../../fixtures/deidContext.ts';
import {
  explicitLittle,
  implicitLittle,
  pixels,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
} from '../../fixtures/writeDicom.ts';

const name: TestElement = { tag: 0x00100010, vr: 'PN', value: 'Zzyzxburg^Quillabeth' };
const picture = pixels(new Uint8Array(64));
const many = <Made>(length: number, of: (number: number) => Made) => Array.from({ length }, (_, i) => of(i));
const items = (tag: number, elements: TestElement[][]): TestElement => ({ tag, vr: 'SQ', items: elements });
/** Bytes that pass as they are. */
const table = (byte: string): TestElement => ({ tag: 0x00281201, vr: 'OW', value: byte.repeat(400_000) });

interface Hostile {
  why: string;
  elements: TestElement[];
  outcome: 'written' | string;
  deid?: Partial<ProjectPolicy['deid']>;
  isImplicit?: boolean;
}

/** What each took grew as the square of its size, or it ended the run. */
const hostile: Hostile[] = [
  {
    why: 'an id of zeros, and zeros all over',
    elements: [name, { tag: 0x00100020, vr: 'LO', value: '00000000' }, table('0')],
    outcome: 'ResidualIdentifier',
  },
  {
    why: 'names that start alike, and bytes that start as they do',
    elements: [
      name,
      { tag: 0x00081070, vr: 'PN', value: many(900, (i) => `${'a'.repeat(40)}b${i}`).join('\\') },
      table('a'),
    ],
    outcome: 'ResidualIdentifier',
  },
  ...['1/2/53-', 'may 3 53 ', '1 2 ', 'a b '].map((unit) => ({
    why: `a text of ${unit}`,
    elements: [
      name,
      { tag: 0x00100030, vr: 'DA', value: '19530407' },
      items(
        0x00620002,
        many(60, () => [{ tag: 0x00620006, vr: 'ST', value: unit.repeat(60_000 / unit.length) }]),
      ),
    ],
    outcome: 'written',
  })),
  {
    why: 'foreign names, and foreign texts',
    elements: [
      name,
      items(
        0x00081250,
        many(2000, (i) => [{ tag: 0x00081070, vr: 'PN', value: `\u00e4\u00f6${i}x` }]),
      ),
      items(
        0x00189112,
        many(60_000, (i) => [{ tag: 0x00181210, vr: 'SH', value: `\u00fc${i}` }]),
      ),
    ],
    outcome: 'ResidualIdentifier',
  },
  {
    why: 'spaces in the middle of a UID',
    elements: [name, { tag: 0x00081155, vr: 'UI', value: `1.2${' '.repeat(500_000)}3` }],
    outcome: 'written',
    isImplicit: true,
  },
  {
    why: 'spaces in the middle of a day',
    elements: [name, { tag: 0x00181012, vr: 'DA', value: `1${' '.repeat(500_000)}3` }],
    outcome: 'written',
    isImplicit: true,
  },
  {
    why: 'dots in the middle of a word',
    elements: [name, { tag: 0x00204000, vr: 'UT', value: `a${'.'.repeat(500_000)}b` }],
    outcome: 'written',
    deid: { cleanDescriptors: true },
  },
  {
    why: 'a name of half a million letters beyond ASCII',
    elements: [{ ...name, value: 'Xy\u00e4z'.repeat(125_000) }],
    outcome: 'DicomTooManyNames',
    isImplicit: true,
  },
  {
    why: 'private elements whose creators are as long as an element may be',
    elements: [
      name,
      ...many(240, (block): TestElement => ({ tag: 0x00210010 + block, vr: 'LO', value: 'x'.repeat(60_000) })),
      ...many(240 * 256, (number): TestElement => ({ tag: 0x00211000 + number, vr: 'US' })),
    ],
    outcome: 'written',
    deid: { retainSafePrivate: true },
  },
  {
    why: 'methods of an earlier de-identification, and UIDs',
    elements: [
      name,
      { tag: 0x00120062, vr: 'CS', value: 'YES' },
      { tag: 0x00120063, vr: 'LO', value: many(100_000, (i) => `m${i}`).join('\\') },
      items(
        0x00081115,
        many(20_000, (i) => [{ tag: 0x00081155, vr: 'UI', value: `1.2.3.4.5.6.${i}` }]),
      ),
    ],
    outcome: 'written',
    isImplicit: true,
  },
];

test.each(hostile)('takes seconds for $why', { timeout: 300_000 }, async ({ elements, outcome, deid, isImplicit }) => {
  const data = writeElements(withIdentity(...elements, picture), isImplicit ? implicitLittle : explicitLittle);
  const bytes = isImplicit ? writeFile({ transferSyntax: '1.2.840.10008.1.2', data }) : writeFile({ data });
  const start = performance.now();
  const ended = await deidentifyBytes(bytes, deid).then(
    () => 'written',
    (error: Error) => error.name,
  );
  expect(ended).toBe(outcome);
  expect((performance.now() - start) / 1000).toBeLessThan(15);
});
