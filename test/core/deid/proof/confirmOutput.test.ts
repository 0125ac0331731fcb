import { describe, expect, test } from 'vitest';
import { confirmOutput } from '../../../../core/deid/proof/confirmOutput.ts';
import { profileRules } from '../../../../core/deid/rules/profileRules.ts';
import { concatBytes, type ElementForm } from '../../../../core/dicom/encodeElement.ts';
import { policyWith } from '../../../fixtures/deidContext.ts';
import {
  ctImageStorage,
  explicitBig,
  explicitLittle,
  implicitLittle,
  type TestElement,
  writeElements,
  writeFile,
  writeHeader,
} from '../../../fixtures/writeDicom.ts';

type Deid = Parameters<typeof policyWith>[0];

function confirm(elements: TestElement[], deid: Deid = {}, form = explicitLittle) {
  const policy = policyWith(deid);
  const transferSyntax = transferSyntaxOf(form);
  const data = writeElements(elements, form);
  const bytes = writeFile({ transferSyntax, data });
  const rules = profileRules(policy, ctImageStorage, []);
  confirmOutput(bytes, bytes.length - data.length, {
    policy,
    rules,
    stamped: new Set([0x00100010]),
    isOwnOutput: false,
  });
}

const transferSyntaxOf = ({ explicit, bigEndian }: ElementForm) =>
  bigEndian ? '1.2.840.10008.1.2.2' : explicit ? '1.2.840.10008.1.2.1' : '1.2.840.10008.1.2';

function itemBytes(elements: TestElement[], isDelimited: boolean): Uint8Array {
  const content = writeElements(elements, explicitLittle);
  if (!isDelimited) return concatBytes([writeHeader(0xfffee000, content.length, explicitLittle), content]);
  const ends = writeHeader(0xfffee00d, 0, explicitLittle);
  return concatBytes([writeHeader(0xfffee000, 0xffffffff, explicitLittle), content, ends]);
}

const inItems = (elements: TestElement[]): TestElement[] => [{ tag: 0x00089215, vr: 'SQ', items: [elements] }];
const inItem = (element: TestElement): TestElement => ({ tag: 0x00089215, vr: 'SQ', items: [[element]] });

/** At the top level, and in items of every form: with lengths, delimited, and behind UN, where they are implicit VR. */
const placesOf = (element: TestElement): TestElement[][] => [
  [element],
  [inItem(element)],
  [inItem(inItem(element))],
  [{ ...inItem(inItem(element)), isUndefined: true }],
  [inItem({ ...inItem(element), isUndefined: true })],
  [{ ...inItem(inItem(element)), vr: 'UN', itemForm: implicitLittle }],
  [inItem({ ...inItem(element), vr: 'UN', itemForm: implicitLittle, isUndefined: true })],
];

describe('confirmOutput finds', () => {
  test.each<[string, TestElement, Deid?]>([
    ['a removed element', { tag: 0x00081030, vr: 'LO', value: 'planted' }],
    ['an emptied element that is not empty', { tag: 0x00080050, vr: 'SH', value: 'planted' }],
    ['a replaced element with another value', { tag: 0x00189074, vr: 'DT', value: '20190518' }, { dates: 'remove' }],
    ['a name that no rule lists', { tag: 0x00142006, vr: 'PN', value: 'planted' }],
    ['a UID that was not mapped', { tag: 0x00081155, vr: 'UI', value: '1.2.3' }],
    ['one UID of several', { tag: 0x00081155, vr: 'UI', value: '2.25.7\\1.2.3' }],
    ['a UID that no option retains', { tag: 0x0040a124, vr: 'UI', value: '1.2.3' }, { retainUids: true }],
    ['a private element', { tag: 0x00091001, vr: 'LO', value: 'planted' }],
    ['a private creator', { tag: 0x00090010, vr: 'LO', value: 'planted' }],
    ['a private element without creator', { tag: 0x00191023, vr: 'DS', value: '1' }, { retainSafePrivate: true }],
    ['an overlay', { tag: 0x60003000, vr: 'OW', value: 'planted' }],
    [
      'an age over 89 that an option retains',
      { tag: 0x00101010, vr: 'AS', value: '091Y' },
      { retainPatientCharacteristics: true },
    ],
    ['an age over 89 that no rule lists', { tag: 0x0072005f, vr: 'AS', value: '101Y' }],
    ['a curve', { tag: 0x50003000, vr: 'OW', value: 'planted' }],
    ['a group length', { tag: 0x00080000, vr: 'UL', value: Uint8Array.of(1, 0, 0, 0) }],
    ['a dummy with something behind it', { tag: 0x00142006, vr: 'PN', value: 'ANONYMIZED^planted' }],
  ])('%s, at the top level and in an item', (_, element, deid) => {
    for (const form of [explicitLittle, implicitLittle, explicitBig]) {
      for (const elements of placesOf(element)) {
        expect(() => confirm(elements, deid, form)).toThrow(/Cannot confirm.* is in element/);
      }
    }
  });

  test('nothing in a sequence that is delimited and has no items, where none may be', () => {
    const empty: TestElement = { tag: 0x00081111, vr: 'SQ', items: [], isUndefined: true };
    for (const form of [explicitLittle, implicitLittle, explicitBig]) {
      for (const elements of placesOf(empty)) confirm(elements, {}, form);
      const filled = { ...empty, items: [[{ tag: 0x00080060, vr: 'CS', value: 'CT' }]] };
      expect(() => confirm([filled], {}, form)).toThrow(/is in element \(0008,1111\)/);
    }
  });

  test('nothing in the same places where nothing is wrong', () => {
    for (const form of [explicitLittle, implicitLittle, explicitBig]) {
      for (const elements of placesOf({ tag: 0x00080060, vr: 'CS', value: 'CT' })) confirm(elements, {}, form);
    }
  });

  test.each<[string, string]>([
    ['is empty', ''],
    ['has a NUL in it', 'SIEMENS MR\0 HEADER'],
    ['starts with a NUL', '\0SIEMENS MR HEADER'],
  ])('a private element whose creator %s', (_, creator) => {
    const elements: TestElement[] = [
      { tag: 0x00190010, vr: 'LO', value: creator },
      { tag: 0x0019100c, vr: 'IS', value: '1' },
    ];
    const marks: TestElement = { tag: 0x00080300, vr: 'SQ', items: [] };
    const allowed = elements.map((each) => ({ ...each, value: each.vr === 'LO' ? 'SIEMENS MR HEADER' : '1' }));
    for (const around of [(all: TestElement[]) => all, inItems]) {
      expect(() => confirm(around(allowed), { retainSafePrivate: true })).not.toThrow();
      expect(() => confirm(around(elements), { retainSafePrivate: true })).toThrow(/a private value/);
    }
    const marked = () => confirm([marks, ...elements], { retainSafePrivate: true });
    if (creator === '') expect(marked).toThrow(/a private value/);
    else expect(marked).not.toThrow();
  });

  test('bytes between the file meta group and the data set', () => {
    const policy = policyWith({});
    const element: TestElement = { tag: 0x00080060, vr: 'CS', value: 'CT' };
    const data = writeElements([element, element], explicitLittle);
    const bytes = writeFile({ data });
    const rules = profileRules(policy, ctImageStorage, []);
    const confirmFrom = (start: number) =>
      confirmOutput(bytes, start, { policy, rules, stamped: new Set(), isOwnOutput: false });
    expect(() => confirmFrom(bytes.length - data.length)).not.toThrow();
    expect(() => confirmFrom(bytes.length - data.length / 2)).toThrow(/cannot be read/);
  });

  test.each([
    ['lengths', false, false],
    ['delimiters', true, true],
    ['a length and then delimiters', false, true],
    ['delimiters and then a length', true, false],
  ])('a name in any of the items that end by %s', (_, ...delimited) => {
    const name: TestElement = { tag: 0x00142006, vr: 'PN', value: 'planted' };
    const number: TestElement = { tag: 0x00200013, vr: 'IS', value: '1' };
    const sequenceOf = (items: TestElement[][]): TestElement => ({
      ...{ tag: 0x00089215, vr: 'SQ' },
      value: concatBytes(items.map((each, i) => itemBytes(each, delimited[i] ?? false))),
    });
    expect(() => confirm([sequenceOf([[number], [inItem(number)]]), number])).not.toThrow();
    for (const items of [
      [[name], [number]],
      [[number], [name]],
      [[number], [inItem(name)]],
    ])
      expect(() => confirm([sequenceOf(items)])).toThrow(/a name is in element/);
  });

  test.each([
    ['passes the end of its sequence', 2],
    ['ends before its content', -2],
  ])('an item that %s', (_, more) => {
    const bytes = itemBytes([{ tag: 0x00200013, vr: 'IS', value: '1' }], false);
    const view = new DataView(bytes.buffer);
    view.setUint32(4, view.getUint32(4, true) + more, true);
    const behind: TestElement = { tag: 0x00200013, vr: 'IS', value: '1' };
    expect(() => confirm([{ tag: 0x00089215, vr: 'SQ', value: bytes }, behind])).toThrow(/cannot be read/);
  });

  test('where it is, by byte and element', () => {
    const name: TestElement = { tag: 0x00142006, vr: 'PN', value: 'planted' };
    const before: TestElement = { tag: 0x00080060, vr: 'CS', value: 'CT' };
    const head = writeFile({ data: writeElements([before], explicitLittle) }).length;
    const refusal = { name: 'NotDeidentifiable', cause: { offset: head + 8, tag: 0x00142006 } };
    expect(() => confirm([before, name])).toThrow(expect.objectContaining(refusal));
    expect(() => confirm([before, name])).toThrow(`at byte ${head + 8}`);
    const cut: TestElement = { tag: 0x00081090, vr: 'LO', value: 'cut', claimedLength: 900 };
    expect(() => confirm([before, cut])).toThrow(/cannot be read at byte \d+$/);
  });

  test('what no other reader can read', () => {
    expect(() => confirm([{ tag: 0x00081090, vr: 'LO', value: 'cut', claimedLength: 900 }])).toThrow(/cannot be read/);
  });
});

test.each<[string, TestElement, Deid?]>([
  ['a dummy name', { tag: 0x00142006, vr: 'PN', value: 'ANONYMIZED' }],
  ['the label', { tag: 0x00100010, vr: 'PN', value: 'TRIAL_0001' }],
  ['a mapped and a registered UID', { tag: 0x00081155, vr: 'UI', value: '2.25.7\\1.2.840.10008.1.2' }],
  ['a retained UID', { tag: 0x00081155, vr: 'UI', value: '1.2.3' }, { retainUids: true }],
  ['a retained UID that no rule lists', { tag: 0x0018991e, vr: 'UI', value: '1.2.3' }, { retainUids: true }],
  ['a retained device', { tag: 0x00181000, vr: 'LO', value: 'SN7' }, { retainDeviceIdentity: true }],
  ['an age of all over 89', { tag: 0x00101010, vr: 'AS', value: '090Y' }, { retainPatientCharacteristics: true }],
  ['an age', { tag: 0x00101010, vr: 'AS', value: '089Y' }, { retainPatientCharacteristics: true }],
  ['a kept model', { tag: 0x00081090, vr: 'LO', value: 'Modell' }],
])('confirmOutput takes %s', (_, element, deid) => {
  expect(() => confirm([element], deid)).not.toThrow();
});
