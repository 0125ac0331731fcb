import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { profileRows } from '../../../core/deid/tables/profileRows.ts';
import { lookUpVr } from '../../../core/dicom/lookUpVr.ts';
import { vrName } from '../../../core/dicom/vr.ts';
import type { ProjectPolicy } from '../../../core/policy/ProjectPolicy.ts';
import { deidentifyBytes } from '../../fixtures/deidContext.ts';
import {
  explicitBig,
  explicitLittle,
  implicitLittle,
  pixels,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
} from '../../fixtures/writeDicom.ts';

type Deid = ProjectPolicy['deid'];

/** A row of Table E.1-1 with the two values that are planted for it: one that names somebody, and one that may stay. */
interface Planted {
  tag: number;
  vr: string;
  /** By letter of an option: K or C. */
  options: Map<string, string>;
  marker: string;
  word: string;
  element: TestElement;
}

const texts = new Set(['AE', 'CS', 'IS', 'LO', 'LT', 'OB', 'SH', 'ST', 'UC', 'UN', 'UR', 'UT']);
const cleanable = new Set(['AE', 'CS', 'LO', 'LT', 'SH', 'ST', 'UC', 'UR', 'UT']);

const planted: Planted[] = profileRows
  .trim()
  .split('\n')
  .flatMap((row) => {
    const [id = '', basic = '', ...options] = row.split(' ');
    const tag = Number.parseInt(id, 16);
    const vr = vrName(lookUpVr(tag) ?? 0);
    const marker = vr === 'UI' ? `1.2.826.0.77.${tag}` : `QXMARK${id}`;
    const word = `kw${id.toLowerCase()}`;
    const value = cleanable.has(vr) || vr === 'SQ' ? `${marker} ${word}` : marker;
    const model: TestElement = { tag: 0x00081090, vr: 'LO', value };
    const element: TestElement = vr === 'SQ' ? { tag, vr, items: [[model]] } : { tag, vr, value };
    const named = new Map(options.map((each): [string, string] => [each.slice(0, 1), each.slice(1)]));
    const isText = texts.has(vr) || /AS|DA|DT|PN|SQ|TM|UI/.test(vr);
    // U on a sequence keeps what it holds; group 0000 is no part of a data set
    const isSearched = isText && tag >= 0x00080000 && tag < 0x60000000 && !(vr === 'SQ' && basic.includes('U'));
    return isSearched ? [{ tag, vr, options: named, marker, word, element }] : [];
  });

const letters: Array<[keyof Deid, string]> = [
  ['retainUids', 'U'],
  ['retainDeviceIdentity', 'D'],
  ['retainPatientCharacteristics', 'P'],
  ['retainInstitutionIdentity', 'I'],
  ['cleanDescriptors', 'T'],
  ['cleanStructuredContent', 'S'],
  ['cleanGraphics', 'G'],
];

/** What the published table says of a row under a policy: its marker stays, its harmless word stays, or nothing. */
function expectedOf({ vr, options }: Planted, deid: Partial<Deid>): 'all' | 'word' | 'nothing' {
  const chosen = letters.flatMap(([name, letter]) => (deid[name] === true ? [options.get(letter)] : []));
  // A marker is no date and no age: neither may stay where dates and ages are retained
  if (/AS|DA|DT|PN|TM/.test(vr)) return 'nothing';
  if (chosen.includes('K')) return 'all';
  return chosen.includes('C') && (cleanable.has(vr) || vr === 'SQ') ? 'word' : 'nothing';
}

const words = planted.map(({ word }) => word);
const optionSets: Array<Partial<Deid>> = [
  { dates: 'remove' },
  { dates: 'shift' },
  { dates: 'retain' },
  { retainUids: true },
  { retainDeviceIdentity: true },
  { retainPatientCharacteristics: true },
  { retainInstitutionIdentity: true },
  { retainSafePrivate: true },
  { cleanDescriptors: true },
  { cleanStructuredContent: true },
  { cleanGraphics: true },
  {
    ...{ dates: 'retain', retainUids: true, retainDeviceIdentity: true, retainPatientCharacteristics: true },
    ...{ retainInstitutionIdentity: true, retainSafePrivate: true, cleanDescriptors: true },
    ...{ cleanStructuredContent: true, cleanGraphics: true },
  },
];

const stamped = new Set([0x00100010, 0x00100020, 0x00104000, 0x00120062, 0x00120063, 0x00120064, 0x00280303]);
const naming = new Set([0x00080016, 0x00080018, 0x0020000d, 0x0020000e]);
const isFree = ({ tag }: { tag: number }) => !stamped.has(tag) && !naming.has(tag);
const elements = planted.map(({ element }) => element);
const picture = pixels(Uint8Array.from({ length: 32 }, (_, i) => i));
const nest = (items: TestElement[], deeper: Partial<TestElement> = {}): TestElement => ({
  tag: 0x00089215,
  vr: 'SQ',
  items: [[{ tag: 0x00089215, vr: 'SQ', items: [items] }]],
  ...deeper,
});
const top = elements.filter(isFree);

/** Each way to write a data set, with what takes it apart again. */
const forms = [
  { form: 'explicit VR little endian', in: explicitLittle, transferSyntax: '1.2.840.10008.1.2.1' },
  { form: 'implicit VR', in: implicitLittle, transferSyntax: '1.2.840.10008.1.2' },
  { form: 'big endian', in: explicitBig, transferSyntax: '1.2.840.10008.1.2.2' },
  { form: 'deflated', in: explicitLittle, transferSyntax: '1.2.840.10008.1.2.1.99' },
];
const places: Array<[string, TestElement[], boolean]> = [
  ['at the top level', top, true],
  ['two sequences deep', [nest(elements)], false],
  ['in delimited items', [nest(elements, { isUndefined: true })], false],
  ['in a sequence behind UN', [nest(elements, { vr: 'UN', itemForm: implicitLittle, items: [elements] })], false],
];

describe.each(forms)('in $form', ({ in: form, transferSyntax }) => {
  const isDeflated = transferSyntax.endsWith('.99');
  const fileOf = (content: TestElement[]) => {
    const data = writeElements(withIdentity(...content, picture), form);
    return writeFile({ transferSyntax, data: isDeflated ? new Uint8Array(deflateRawSync(data)) : data });
  };
  const dataOf = (bytes: Uint8Array) => {
    const metaLength = 144 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(140, true);
    return (isDeflated ? inflateRawSync(bytes.subarray(metaLength)) : Buffer.from(bytes)).toString('latin1');
  };

  describe.each(places)('%s', (_, content, isTop) => {
    const file = fileOf(content);
    const here = planted.filter((each) => !isTop || isFree(each));

    test.each(optionSets)('what must go goes, and what must stay stays: %j', async (deid) => {
      const output = dataOf((await deidentifyBytes(file, { ...deid, descriptorWords: words }, 65_536)).bytes);
      const fault = here.flatMap((each) => {
        const expected = expectedOf(each, deid);
        const found = output.includes(each.marker) ? 'all' : output.includes(each.word) ? 'word' : 'nothing';
        return found === expected ? [] : [`${each.tag.toString(16)} ${each.vr}: ${found}, not ${expected}`];
      });
      expect(fault).toEqual([]);
    });
  });
});

test('every text row of the table is planted', () => {
  expect(planted.length).toBeGreaterThan(600);
  const kinds = new Set(optionSets.flatMap((deid) => planted.map((each) => expectedOf(each, deid))));
  expect(kinds).toEqual(new Set(['all', 'word', 'nothing']));
});
