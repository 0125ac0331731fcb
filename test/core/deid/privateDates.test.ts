import dicomParser from 'dicom-parser';
import { expect, test } from 'vitest';
import { dateShiftDays } from '../../../core/deid/identity/dateShiftDays.ts';
import { patientPseudonym } from '../../../core/deid/identity/patientPseudonym.ts';
import { shiftDate } from '../../../core/deid/identity/shiftDate.ts';
import { deidentifyBytes, holds, projectKey } from '../../fixtures/deidContext.ts';
import { explicitLittle, type TestElement, withIdentity, writeElements, writeFile } from '../../fixtures/writeDicom.ts';

const text = (tag: number, vr: string, value: string): TestElement => ({ tag, vr, value });
const days = dateShiftDays(projectKey, patientPseudonym(projectKey, 'PID77777'));
const moved = shiftDate('20190518', days);

/** A block that the file marks as safe, at the top level and in an item of its own. */
const block: TestElement[] = [
  {
    tag: 0x00080300,
    vr: 'SQ',
    items: [
      [
        { tag: 0x00080301, vr: 'US', value: Uint8Array.of(0x71, 0) },
        text(0x00080302, 'LO', 'OWN TOOL'),
        text(0x00080303, 'CS', 'SAFE'),
      ],
    ],
  },
  text(0x00710010, 'LO', 'OWN TOOL'),
  text(0x00711001, 'DA', '20190518'),
  text(0x00711002, 'DT', '20190518104201.5+0100'),
  text(0x00711003, 'TM', '104201'),
  text(0x00711004, 'AS', '101Y'),
  text(0x00711005, 'DA', 'SOMEDAY'),
];
const bytes = writeFile({
  data: writeElements(
    withIdentity(
      text(0x00100020, 'LO', 'PID77777'),
      { tag: 0x00089215, vr: 'SQ', items: [block], isUndefined: true },
      ...block,
    ),
    explicitLittle,
  ),
});

test.each<['shift' | 'remove' | 'retain', string[]]>([
  ['shift', [`${moved}`, `${moved}104201.5+0100`, '104201', '090Y', '19000101']],
  ['remove', ['19000101', '19000101000000', '000000', '090Y', '19000101']],
  ['retain', ['20190518', '20190518104201.5+0100', '104201', '090Y', '19000101']],
])('dates of private elements that stay are treated as any other, at every level: %s', async (dates, expected) => {
  const { bytes: output } = await deidentifyBytes(bytes, { dates, retainSafePrivate: true });
  const set = dicomParser.parseDicom(output);
  for (const level of [set, set.elements.x00089215?.items?.[0]?.dataSet]) {
    const found = [1, 2, 3, 4, 5].map((low) => level?.string(`x0071100${low}`));
    expect(found).toEqual(expected);
  }
  expect(holds(output, '20190518')).toBe(dates === 'retain');
});
