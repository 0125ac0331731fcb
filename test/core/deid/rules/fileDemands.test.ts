import dicomParser from 'dicom-parser';
import { describe, expect, test } from 'vitest';
import type { ProjectPolicy } from '../../../../core/policy/ProjectPolicy.ts';
import { deidentifyBytes, holds } from '../../../fixtures/deidContext.ts';
import {
  explicitLittle,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
} from '../../../fixtures/writeDicom.ts';

const marker = 'QXMARKERZZ';
const originalUid = '1.2.3.44.55.66.77';
const root = '1.2.840.10008.5.1.4.1.1';
const text = (tag: number, vr: string, value = marker): TestElement => ({ tag, vr, value });
const inside = (tag: number, ...item: TestElement[]): TestElement => ({ tag, vr: 'SQ', items: [item] });
const reference = inside(0x0008114a, text(0x00081155, 'UI', originalUid));
const sources = inside(0x00082112, text(0x00081155, 'UI', originalUid));

async function outputOf(sopClass: string, elements: TestElement[], deid: Partial<ProjectPolicy['deid']> = {}) {
  const data = writeElements(withIdentity(text(0x00080016, 'UI', sopClass), ...elements), explicitLittle);
  const { bytes } = await deidentifyBytes(writeFile({ data }), { dates: 'remove', ...deid });
  expect(holds(bytes, marker) || holds(bytes, originalUid)).toBe(false);
  return dicomParser.parseDicom(bytes);
}

/** Text of an element by its path; '' when it is empty, undefined when it is not there. */
function valueAt(set: dicomParser.DataSet, [name = '', ...deeper]: string[]): string | undefined {
  const element = set.elements[name];
  if (deeper.length === 0) return element === undefined ? undefined : (set.string(name) ?? '');
  const item = element?.items?.[0]?.dataSet;
  return item === undefined ? undefined : valueAt(item, deeper);
}

describe('what Table E.1-1 removes and PS3.3 demands', () => {
  test.each<[string, string, TestElement[], string[], string]>([
    ['date of a presentation state', `${root}.11.1`, [text(0x00700082, 'DA', '20190518')], ['x00700082'], '19000101'],
    ['time of a presentation state', `${root}.11.1`, [text(0x00700083, 'TM', '104201')], ['x00700083'], '000000'],
    [
      'start of the tracer in enhanced PET',
      `${root}.130`,
      [inside(0x00540016, text(0x00181078, 'DT', '20190518104201'))],
      ['x00540016', 'x00181078'],
      '19000101000000',
    ],
    [
      'id of the request in a report',
      `${root}.88.33`,
      [inside(0x0040a370, text(0x00401001, 'SH'))],
      ['x0040a370', 'x00401001'],
      '',
    ],
    [
      'maker of a source in brachytherapy',
      `${root}.481.6`,
      [inside(0x30080100, text(0x300a0216, 'LO'))],
      ['x30080100', 'x300a0216'],
      '',
    ],
    [
      'owner of an animal',
      `${root}.2`,
      [text(0x00102201, 'LO', 'Felis catus'), text(0x00102297, 'PN'), text(0x00102299, 'LO')],
      ['x00102297'],
      '',
    ],
  ])('stays as a dummy or empty: the %s', async (_, sopClass, elements, path, value) => {
    expect(valueAt(await outputOf(sopClass, elements), path)).toBe(value);
  });

  test.each<[string, TestElement[], string[]]>([
    ['id of the request', [inside(0x00400275, text(0x00401001, 'SH'))], ['x00400275', 'x00401001']],
    ['person responsible for a human', [text(0x00102297, 'PN')], ['x00102297']],
    ['role of that person', [text(0x00102298, 'CS', 'OWNER')], ['x00102298']],
    ['images that CT refers to', [sources], ['x00082112']],
    [
      'name of an ethics committee without its approval number',
      [text(0x00120081, 'LO'), text(0x00120082, 'LO')],
      ['x00120081'],
    ],
  ])('goes elsewhere: the %s', async (_, elements, path) => {
    expect(valueAt(await outputOf(`${root}.2`, elements), path)).toBe(undefined);
  });

  test.each([
    ['the list of referenced series', inside(0x00081115, reference)],
    ['a list of other studies', inside(0x00081200, inside(0x00081115, reference))],
  ])('keeps references by new UIDs beside %s', async (_, list) => {
    const set = await outputOf(`${root}.66.4`, [list, sources]);
    const lists = list.tag === 0x00081115 ? ['x00081115'] : ['x00081200', 'x00081115'];
    const uid = valueAt(set, ['x00082112', 'x00081155']);
    expect(uid).toMatch(/^2\.25\./);
    expect(valueAt(set, [...lists, 'x0008114a', 'x00081155'])).toBe(uid);
  });

  test('writes a Long Code Value that is long enough to be one', async () => {
    const set = await outputOf(`${root}.2`, [inside(0x0040a730, inside(0x0040a168, text(0x00080119, 'UC')))]);
    expect(valueAt(set, ['x0040a730', 'x0040a168', 'x00080119'])?.length).toBeGreaterThan(16);
  });
});
