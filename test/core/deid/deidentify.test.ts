import dicomParser from 'dicom-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTag } from '../../../core/dicom/dicomFault.ts';
import { asciiBytes } from '../../../core/dicom/encodeElement.ts';
import { pixelDigest } from '../../../core/dicom/pixelDigest.ts';
import { synthesizeCtSlice } from '../../../core/dicom/synthesizeCt.ts';
import { chunked, deidentifyBytes, holds, nodeCodecs } from '../../fixtures/deidContext.ts';
import {
  ctImageStorage,
  explicitBig,
  explicitLittle,
  implicitLittle,
  pixels,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
} from '../../fixtures/writeDicom.ts';

const pixelBytes = Uint8Array.from({ length: 32 }, (_, i) => i);
const explicitFile = (...elements: TestElement[]) =>
  writeFile({ data: writeElements(withIdentity(...elements), explicitLittle) });
const digestOf = (bytes: Uint8Array) => pixelDigest(chunked(bytes), nodeCodecs);

describe('deidentify of a synthetic CT', () => {
  const bytes = synthesizeCtSlice({ seed: 'deid', series: 2, instance: 3, rows: 32, columns: 32 });
  const wordsOf = (text: string) => text.split(/[^A-Za-z]+/).filter((word) => word.length >= 5);
  const parsed = dicomParser.parseDicom(bytes);
  const text = (tag: string) => parsed.string(tag) ?? '';
  const secrets = [
    ...['x00100010', 'x00080090', 'x00081050', 'x00081070', 'x00081060', 'x00080081'].flatMap((tag) =>
      wordsOf(text(tag)),
    ),
    ...['x00100020', 'x00080050', 'x00080018', 'x0020000d', 'x0020000e', 'x00200052', 'x00080020', 'x00100030'].map(
      text,
    ),
    'Nestedname',
    'Nirgendwo',
    'FICTIONAL',
  ];

  test('leaves none of its secrets and keeps its pixels', async () => {
    const { bytes: output } = await deidentifyBytes(bytes);
    expect(secrets.filter((secret) => secret === '' || !holds(bytes, secret))).toEqual([]);
    expect(secrets.filter((secret) => holds(output, secret))).toEqual([]);
    expect(await digestOf(output)).toBe(await digestOf(bytes));
  });

  test('is stamped, labelled and named by mapped UIDs', async () => {
    const { bytes: output, instance, actions, changes } = await deidentifyBytes(bytes);
    const out = dicomParser.parseDicom(output);
    expect(out.string('x00100010')).toBe('TRIAL_0001');
    expect(out.string('x00100020')).toBe('TRIAL_0001');
    expect(out.string('x00104000')).toBe('Project:TRIAL Subject:TRIAL_0001 Session:TRIAL_0001_CT1');
    expect(out.string('x00120062')).toBe('YES');
    expect(out.string('x00120063')).toContain('PS3.15 2025b Basic');
    expect(out.elements.x00120064?.items?.map(({ dataSet }) => dataSet?.string('x00080100'))).toEqual([
      '113100',
      '113107',
    ]);
    expect(out.string('x00280303')).toBe('MODIFIED');
    expect(out.string('x00080018')).toBe(instance);
    expect(out.string('x00020003')).toBe(instance);
    expect(instance).toMatch(/^2\.25\.\d{1,39}$/);
    expect(output.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
    expect(actions.removed).toBeGreaterThan(10);
    expect(changes()).toContainEqual({
      path: '(0018,A001)[1].(0008,1070)',
      vr: 'PN',
      action: 'changed',
      rule: 'E.1-1 D',
    });
  });

  test('copies kept elements byte by byte', async () => {
    const { bytes: output, changes } = await deidentifyBytes(bytes);
    const out = dicomParser.parseDicom(output);
    const kept = changes().filter(({ action, path }) => action === 'kept' && !path.includes('['));
    expect(kept.length).toBeGreaterThan(30);
    for (const { path, vr } of kept.filter((each) => each.vr !== 'SQ')) {
      const name = `x${path.replace(/[(),]/g, '').toLowerCase()}`;
      const valueIn = (set: typeof out) => {
        const element = set.elements[name];
        return element && Buffer.from(set.byteArray.subarray(element.dataOffset, element.dataOffset + element.length));
      };
      expect([path, vr, valueIn(out)]).toEqual([path, vr, valueIn(parsed)]);
    }
  });

  test('gives equal bytes whatever the chunks, and again', async () => {
    const { bytes: once } = await deidentifyBytes(bytes, {}, 65_536);
    const { bytes: again } = await deidentifyBytes(bytes, {}, 13);
    expect(Buffer.from(again).equals(Buffer.from(once))).toBe(true);
  });

  test('takes its own output as input', async () => {
    const { bytes: once } = await deidentifyBytes(bytes);
    const { bytes: twice } = await deidentifyBytes(once);
    expect(await digestOf(twice)).toBe(await digestOf(bytes));
    expect(dicomParser.parseDicom(twice).string('x00100010')).toBe('TRIAL_0001');
  });
});

describe('deidentify refuses', () => {
  const person: TestElement = { tag: 0x00100010, vr: 'PN', value: 'Zzyzxburg^Quillabeth' };

  test.each([
    [
      'ResidualIdentifier',
      'a name in a kept text',
      explicitFile(person, { tag: 0x00081090, vr: 'LO', value: 'made for QUILLABETH' }),
    ],
    [
      'ResidualIdentifier',
      'an original UID in a kept text',
      explicitFile({ tag: 0x00081090, vr: 'LO', value: 'see 1.2.3.4.5.6.7.8.9.11.' }),
    ],
    [
      'ResidualIdentifier',
      'an original date in a kept text',
      explicitFile(
        { tag: 0x00080020, vr: 'DA', value: '20190518' },
        { tag: 0x00081090, vr: 'LO', value: 'made 20190518' },
      ),
    ],
    ['NotDicom', 'other files', asciiBytes('%PDF-1.7 and so on'.repeat(20))],
    ['DicomDirectory', 'a DICOMDIR', explicitFile({ tag: 0x00080016, vr: 'UI', value: '1.2.840.10008.1.3.10' })],
    ['IdentityIncomplete', 'a file without instance UID', writeFile({ data: writeElements([person], explicitLittle) })],
    [
      'TransferSyntaxUnknown',
      'an unknown transfer syntax',
      writeFile({ transferSyntax: '1.2.3.4', data: writeElements(withIdentity(person), explicitLittle) }),
    ],
    ['DicomTruncated', 'a cut file', explicitFile(person).subarray(0, -1)],
    [
      'DicomValueTooLong',
      'mapped UIDs that outgrow their VR',
      explicitFile({ tag: 0x00081155, vr: 'UI', value: Array.from({ length: 3000 }, () => '1.2.3').join('\\') }),
    ],
  ])('%s: %s', async (code, _, bytes) => {
    const error: unknown = await deidentifyBytes(bytes).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: code });
    expect(String(error)).not.toMatch(/zzyzx|quilla|20190518/i);
  });

  const uid = (tag: number, value: string): TestElement => ({ tag, vr: 'UI', value });
  test.each([
    ['DicomDirectory', 0x00080016, withIdentity(uid(0x00080016, '1.2.840.10008.1.3.10'))],
    ['IdentityIncomplete', 0x00080016, withIdentity(uid(0x00080016, 'CT'))],
    ['IdentityIncomplete', 0x00080018, [uid(0x00080016, ctImageStorage), person]],
    ['IdentityIncomplete', 0x00080018, withIdentity(uid(0x00080018, ''))],
  ])('%s tells element and byte', async (code, tag, elements) => {
    const bytes = writeFile({ data: writeElements(elements, explicitLittle) });
    const error: unknown = await deidentifyBytes(bytes).catch((cause: unknown) => cause);
    const offset = writeFile({
      data: writeElements(
        elements.filter((each) => each.tag < tag),
        explicitLittle,
      ),
    }).length;
    expect(error).toMatchObject({ name: code, cause: { offset, tag } });
    expect(String(error)).toContain(`element ${formatTag(tag)} at byte ${offset}: `);
  });

  test('TransferSyntaxUnknown tells element and byte', async () => {
    const bytes = writeFile({ transferSyntax: '1.2.3.4', data: writeElements(withIdentity(), explicitLittle) });
    const offset = Buffer.from(bytes).indexOf(Buffer.of(2, 0, 0x10, 0));
    await expect(deidentifyBytes(bytes)).rejects.toMatchObject({ cause: { offset, tag: 0x00020010 } });
  });

  test.each([
    ['a label that equals the patient id', { tag: 0x00100020, vr: 'LO', value: 'TRIAL_0001' }],
    ['a number that equals the patient id', { tag: 0x00100020, vr: 'LO', value: '1234' }],
    ['a defined term that equals a name', { tag: 0x00100010, vr: 'PN', value: 'Perfusion^Head' }],
  ])('not: %s', async (_, element) => {
    const others: TestElement[] = [
      { tag: 0x00080008, vr: 'CS', value: 'DERIVED\\PRIMARY\\PERFUSION' },
      { tag: 0x00281050, vr: 'DS', value: '1234' },
    ];
    await expect(deidentifyBytes(explicitFile(element, ...others))).resolves.toHaveProperty('actions');
  });
});

describe('deidentify keeps structure', () => {
  const tree = fc.letrec<{ elements: TestElement[]; element: TestElement }>((tie) => ({
    element: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({ tag: fc.constant(0x00080050), vr: fc.constant('SH'), value: fc.string({ maxLength: 9 }) }),
      fc.record({ tag: fc.constant(0x00081030), vr: fc.constant('LO'), value: fc.constant('gone') }),
      fc.record({ tag: fc.constant(0x00081090), vr: fc.constant('LO'), value: fc.constant('stays') }),
      fc.record({ tag: fc.constant(0x00081155), vr: fc.constant('UI'), value: fc.constant('1.2.3.4.5.6.7') }),
      fc.record({ tag: fc.constant(0x00091001), vr: fc.constant('LO'), value: fc.string({ maxLength: 9 }) }),
      fc.record({
        tag: fc.constant(0x00089215),
        vr: fc.constant('SQ'),
        items: fc.array(tie('elements'), { maxLength: 3 }),
        isUndefined: fc.boolean(),
      }),
    ),
    elements: fc
      .uniqueArray(tie('element'), { selector: ({ tag }) => tag, maxLength: 5 })
      .map((each) => each.sort((a, b) => a.tag - b.tag)),
  })).elements;

  test.each([
    ['explicit little endian', explicitLittle, '1.2.840.10008.1.2.1'],
    ['implicit little endian', implicitLittle, '1.2.840.10008.1.2'],
    ['explicit big endian', explicitBig, '1.2.840.10008.1.2.2'],
  ])('of any nesting, in %s', async (_, form, transferSyntax) => {
    await fc.assert(
      fc.asyncProperty(tree, async (elements) => {
        const data = writeElements(withIdentity(...elements, pixels(pixelBytes)), form);
        const { bytes: output, changes } = await deidentifyBytes(writeFile({ transferSyntax, data }));
        const out = dicomParser.parseDicom(output);
        expect(Buffer.from(output.subarray(-32)).equals(Buffer.from(pixelBytes))).toBe(true);
        expect(out.elements.x7fe00010?.length).toBe(32);
        expect(holds(output, 'gone')).toBe(false);
        expect(holds(output, '1.2.3.4.5.6.7')).toBe(false);
        const stays = changes().filter(({ path }) => path.endsWith('(0008,1090)')).length;
        expect(Buffer.from(output).toString('latin1').split('stays').length - 1).toBe(stays);
      }),
      { numRuns: 150 },
    );
  });
});
