import { createHmac } from 'node:crypto';
import dicomParser from 'dicom-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateShiftDays } from '../../../core/deid/identity/dateShiftDays.ts';
import { mapUid } from '../../../core/deid/identity/mapUid.ts';
import { patientPseudonym } from '../../../core/deid/identity/patientPseudonym.ts';
import { shiftDate, shiftDateTime } from '../../../core/deid/identity/shiftDate.ts';
import { profileName } from '../../../core/deid/rules/profileName.ts';
import { profileRules } from '../../../core/deid/rules/profileRules.ts';
import { deidentifyBytes, policyWith, projectKey } from '../../fixtures/deidContext.ts';
import {
  ctImageStorage,
  explicitLittle,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
} from '../../fixtures/writeDicom.ts';

const patientId: TestElement = { tag: 0x00100020, vr: 'LO', value: 'PID77777' };
const days = dateShiftDays(projectKey, patientPseudonym(projectKey, 'PID77777'));
const fileOf = (...elements: TestElement[]) =>
  writeFile({ data: writeElements(withIdentity(patientId, ...elements), explicitLittle) });
type Deid = Parameters<typeof deidentifyBytes>[1];
const valueAfter = async (element: TestElement, deid: Deid) => {
  const { bytes } = await deidentifyBytes(fileOf(element), deid);
  const name = `x${element.tag.toString(16).padStart(8, '0')}`;
  const found = dicomParser.parseDicom(bytes);
  return found.elements[name] === undefined ? undefined : (found.string(name) ?? '');
};
const da = (value: string): TestElement => ({ tag: 0x00080020, vr: 'DA', value });
const dt = (value: string): TestElement => ({ tag: 0x0008002a, vr: 'DT', value });
const tm = (value: string): TestElement => ({ tag: 0x00080030, vr: 'TM', value });

describe('dates', () => {
  test.each([
    ['remove', 'empties a date of Type 2', da('20190518'), ''],
    ['remove', 'removes a date of Type 3', { tag: 0x00080021, vr: 'DA', value: '20190518' }, undefined],
    ['retain', 'keeps a date', da('20190518'), '20190518'],
    ['retain', 'lets no word pass as a date', da('YESTERDAY'), ''],
    ['retain', 'lets no impossible day pass', da('20190230'), ''],
    ['shift', 'moves a date', da('20190518'), shiftDate('20190518', days)],
    ['shift', 'moves a date with dots', da('2019.05.18'), shiftDate('20190518', days)],
    ['shift', 'moves a date by its VR', { tag: 0x00181078, vr: 'DT', value: '20190518' }, shiftDate('20190518', days)],
    [
      'shift',
      'moves a date and time, keeps time and zone',
      dt('20190518104201.5+0100'),
      `${shiftDate('20190518', days)}104201.5+0100`,
    ],
    ['shift', 'keeps a time', tm('104201.000'), '104201.000'],
    ['shift', 'lets no word pass as a time', tm('NOON AT HOME'), ''],
    ['shift', 'keeps a zone', { tag: 0x00080201, vr: 'SH', value: '+0100' }, '+0100'],
    [
      'shift',
      'moves both ends of a range',
      da('20190518-20190520'),
      `${shiftDate('20190518', days)}-${shiftDate('20190520', days)}`,
    ],
    ['shift', 'moves a range without end', da('20190518-'), `${shiftDate('20190518', days)}-`],
    ['shift', 'moves a range without start', da('-20190518'), `-${shiftDate('20190518', days)}`],
    [
      'shift',
      'moves a range of dates and times, each with its zone',
      dt('20190518-0500-201905201042-0500'),
      `${shiftDate('20190518', days)}-0500-${shiftDate('20190520', days)}1042-0500`,
    ],
    [
      'shift',
      'takes a year for the end of a range, not for a zone',
      dt('20190518-1953'),
      `${shiftDate('20190518', days)}-${shiftDateTime('1953', days)}`,
    ],
    ['shift', 'keeps a range of times', tm('1000-1200'), '1000-1200'],
    ['shift', 'lets half a range pass no more than a word', da('20190518-NOON'), ''],
    ['shift', 'lets no line pass as a range', da('-'), ''],
    ['shift', 'lets no day pass as a time', tm('530407'), ''],
    ['retain', 'lets no day pass as a time', tm('530407'), ''],
    ['shift', 'lets no day pass as the time of a date', dt('20190518530407'), undefined],
    ['shift', 'keeps a leap second', tm('235960'), '235960'],
    ['shift', 'lets no year pass as a zone', { tag: 0x00080201, vr: 'SH', value: '+1953' }, undefined],
    ['shift', 'lets no word pass as a zone', { tag: 0x00080201, vr: 'SH', value: 'NIRGENDWO' }, undefined],
  ] satisfies Array<['remove' | 'retain' | 'shift', string, TestElement, string | undefined]>)(
    '%s: %s',
    async (dates, _, element, expected) => {
      expect(await valueAfter(element, { dates })).toBe(expected);
    },
  );

  test('move by whole days, so that intervals stay', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1920-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }),
        fc.integer({ min: -3650, max: -1 }),
        (date, shift) => {
          const text = date.toISOString().slice(0, 10).replaceAll('-', '');
          const moved = shiftDate(text, shift) ?? '';
          const dayOf = (each: string) => Date.parse(each.replace(/(....)(..)(..)/, '$1-$2-$3')) / 86_400_000;
          expect(dayOf(moved) - dayOf(text)).toBe(shift);
          expect(shiftDateTime(`${text}1010`, shift)).toBe(`${moved}1010`);
        },
      ),
    );
  });

  test.each([
    ['2019', -400, '2018'],
    ['201905', -31, '201904'],
    ['20190518', -18, '20190430'],
    ['2019051810', -1, '2019051710'],
    ['20190518-0500', -1, '20190517-0500'],
  ])('move %s by %i days to %s, as exact as it was', (text, shift, expected) => {
    expect(shiftDateTime(text, shift)).toBe(expected);
  });

  test.each(['', '2019-05-18', '201905181', 'MAY 2019', '20191301', '20190518T10'])(
    'do not move what is no date: %j',
    (text) => {
      expect(shiftDate(text, -1)).toBeUndefined();
      expect(shiftDateTime(text, -1)).toBeUndefined();
    },
  );
});

describe('options', () => {
  test.each([
    ['sex', { tag: 0x00100040, vr: 'CS', value: 'F' }, { retainPatientCharacteristics: true }, 'F'],
    ['age below 90', { tag: 0x00101010, vr: 'AS', value: '052Y' }, { retainPatientCharacteristics: true }, '052Y'],
    [
      'age of 90 and above as 90',
      { tag: 0x00101010, vr: 'AS', value: '101Y' },
      { retainPatientCharacteristics: true },
      '090Y',
    ],
    ['no age without the option', { tag: 0x00101010, vr: 'AS', value: '052Y' }, {}, undefined],
    [
      'institution',
      { tag: 0x00080080, vr: 'LO', value: 'Nirgendwo' },
      { retainInstitutionIdentity: true },
      'Nirgendwo',
    ],
    ['no institution without the option', { tag: 0x00080080, vr: 'LO', value: 'Nirgendwo' }, {}, undefined],
    ['device', { tag: 0x00081010, vr: 'SH', value: 'CT07' }, { retainDeviceIdentity: true }, 'CT07'],
    ['UIDs', { tag: 0x00200052, vr: 'UI', value: '1.2.3.44.55.66' }, { retainUids: true }, '1.2.3.44.55.66'],
    ['mapped UIDs', { tag: 0x00200052, vr: 'UI', value: '1.2.3.44.55.66' }, {}, mapUid(projectKey, '1.2.3.44.55.66')],
    ['registered UIDs', { tag: 0x00200052, vr: 'UI', value: '1.2.840.10008.1.4.1.1' }, {}, '1.2.840.10008.1.4.1.1'],
    ['private classes', { tag: 0x00081150, vr: 'UI', value: '1.3.12.2.1107.5.9.1' }, {}, '1.3.12.2.1107.5.9.1'],
  ] satisfies Array<[string, TestElement, Deid, string | undefined]>)('keep %s', async (_, element, deid, expected) => {
    expect(await valueAfter(element, deid)).toBe(expected);
  });

  test('map each of several UIDs', async () => {
    const value = await valueAfter(
      { tag: 0x00081155, vr: 'UI', value: '1.2.3.44.55.66\\1.2.840.10008.1.2\\1.2.3.44.55.67' },
      {},
    );
    expect(value).toBe(
      [mapUid(projectKey, '1.2.3.44.55.66'), '1.2.840.10008.1.2', mapUid(projectKey, '1.2.3.44.55.67')].join('\\'),
    );
  });

  test('are named with edition and code', () => {
    expect(profileName(policyWith({ dates: 'remove' }))).toBe(
      'PS3.15 2025b Basic Application Level Confidentiality Profile',
    );
    expect(profileName(policyWith({ retainUids: true }))).toMatch(
      / \+ 113107 .*Modified Dates Option \+ 113110 Retain UIDs Option$/,
    );
  });
});

describe('the profile by SOP class', () => {
  const rule = (sopClass: string, tag: number) => profileRules(policyWith(), sopClass, []).get(tag);

  test.each([
    ['removes an optional serial number of CT', ctImageStorage, 0x00181000, 'X'],
    ['replaces the required one of enhanced CT', '1.2.840.10008.5.1.4.1.1.2.1', 0x00181000, 'D'],
    ['replaces where the class is unknown', '1.2.3.4', 0x00181000, 'D'],
    ['removes comments from any class', '1.2.3.4', 0x00104000, 'X'],
  ])('%s', (_, sopClass, tag, action) => {
    expect(rule(sopClass, tag)?.action).toBe(action);
  });
});

describe('mapping', () => {
  const otherKey = new Uint8Array(32).fill(8);

  test('gives valid UIDs that depend on the key', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(99_999), { minLength: 3, maxLength: 9 }), (parts) => {
        const uid = `1.2.${parts.join('.')}`;
        expect(mapUid(projectKey, uid)).toMatch(/^2\.25\.(0|[1-9]\d{0,38})$/);
        expect(mapUid(projectKey, uid)).not.toBe(mapUid(otherKey, uid));
      }),
    );
  });

  test('knows its published value', () => {
    // HMAC-SHA-256 with the key 07 repeated 32 times over the ASCII text, first 16 bytes as one decimal number
    expect(mapUid(projectKey, '1.2.3')).toBe('2.25.153836008634119388434028482358183704447');
  });

  test('knows the published values of a patient: another site, or a late series, finds the same', () => {
    // HMAC-SHA-256 with the same key over purpose and parts, parted by NUL
    const digestOf = (...parts: string[]) => createHmac('sha256', projectKey).update(parts.join('\0')).digest();
    const letters = [...digestOf('patient', 'A1', 'CLINIC').subarray(0, 12)].map((byte) => byte & 31);
    const patient = letters.map((number) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.charAt(number)).join('');
    expect(patientPseudonym(projectKey, 'A1', 'CLINIC')).toBe(patient);
    expect(dateShiftDays(projectKey, patient)).toBe(-1 - (digestOf('dates', patient).readUInt32BE(0) % 3650));
    expect([patient, dateShiftDays(projectKey, patient)]).toEqual(['FJH6V8DRKRJ3', -1432]);
  });

  test('parts patients, issuers and keys', () => {
    const names = [
      patientPseudonym(projectKey, 'A'),
      patientPseudonym(projectKey, 'A', 'B'),
      patientPseudonym(projectKey, 'A\0B'.slice(0, 1), 'C'),
      patientPseudonym(otherKey, 'A'),
    ];
    expect(new Set(names).size).toBe(names.length);
    for (const each of names) expect(each).toMatch(/^[0-9A-HJKMNP-TV-Z]{12}$/);
  });

  test('moves dates back by at most ten years', () => {
    fc.assert(
      fc.property(fc.string(), (patient) => {
        expect(dateShiftDays(projectKey, patient)).toBeLessThanOrEqual(-1);
        expect(dateShiftDays(projectKey, patient)).toBeGreaterThanOrEqual(-3650);
      }),
    );
  });
});
