import dicomParser from 'dicom-parser';
import { describe, expect, test } from 'vitest';
import { examineDicom } from '../../../core/deid/examineDicom.ts';
import { synthesizeCtSlice } from '../../../core/dicom/synthesizeCt.ts';
import type { ProjectPolicy } from '../../../core/policy/ProjectPolicy.ts';
import { chunked, deidentifyBytes, holds, nodeCodecs, policyWith, projectKey } from '../../fixtures/deidContext.ts';
import { explicitLittle, type TestElement, withIdentity, writeElements, writeFile } from '../../fixtures/writeDicom.ts';

type Deid = ProjectPolicy['deid'];
const slice = synthesizeCtSlice({ seed: 'stamps', series: 1, instance: 1, rows: 16, columns: 16 });
const rectangle = { left: 0, top: 0, width: 4, height: 2 };
const pixelRule = { modality: 'CT', rows: 16, columns: 16, rectangles: [rectangle] };
const examine = (bytes: Uint8Array, deid: Partial<Deid> = {}) =>
  examineDicom(chunked(bytes), { codecs: nodeCodecs, key: projectKey, policy: policyWith(deid) });

function stampsOf(bytes: Uint8Array) {
  const set = dicomParser.parseDicom(bytes);
  const codes = (set.elements.x00120064?.items ?? []).map(({ dataSet }) => dataSet?.string('x00080100'));
  const schemes = (set.elements.x00120064?.items ?? []).map(({ dataSet }) => dataSet?.string('x00080102'));
  const text = (tag: string) => set.string(tag);
  return {
    codes,
    schemes,
    methods: (text('x00120063') ?? '').split('\\'),
    removed: text('x00120062'),
    burnedIn: text('x00280301'),
    temporal: text('x00280303'),
  };
}

describe('stamps', () => {
  test.each([
    [{ dates: 'remove' }, [], 'REMOVED'],
    [{ dates: 'shift' }, ['113107'], 'MODIFIED'],
    [{ dates: 'retain' }, ['113106'], 'UNMODIFIED'],
    [{ dates: 'remove', cleanPixels: [pixelRule] }, ['113101'], 'REMOVED'],
    [{ dates: 'remove', cleanGraphics: true }, ['113103'], 'REMOVED'],
    [{ dates: 'remove', cleanStructuredContent: true }, ['113104'], 'REMOVED'],
    [{ dates: 'remove', cleanDescriptors: true }, ['113105'], 'REMOVED'],
    [{ dates: 'remove', retainPatientCharacteristics: true }, ['113108'], 'REMOVED'],
    [{ dates: 'remove', retainDeviceIdentity: true }, ['113109'], 'REMOVED'],
    [{ dates: 'remove', retainUids: true }, ['113110'], 'REMOVED'],
    [{ dates: 'remove', retainSafePrivate: true }, ['113111'], 'REMOVED'],
    [{ dates: 'remove', retainInstitutionIdentity: true }, ['113112'], 'REMOVED'],
  ] satisfies Array<[Partial<Deid>, string[], string]>)('%j', async (deid, options, temporal) => {
    const stamps = stampsOf((await deidentifyBytes(slice, deid)).bytes);
    expect(stamps).toMatchObject({ codes: ['113100', ...options], removed: 'YES', temporal });
    expect(new Set(stamps.schemes)).toEqual(new Set(['DCM']));
    expect(stamps.methods.slice(1, -1)).toEqual(options.map((code) => `DCM ${code}`));
    expect(stamps.methods.at(-1)).toMatch(/^XNAT Airlock [0-9A-Z]{12}$/);
    for (const method of stamps.methods) expect(method.length).toBeLessThanOrEqual(64);
    expect(stamps.burnedIn === 'NO').toBe(options.some((code) => code === '113101'));
  });

  test.each([
    ['code', 'Zzyzxburg', 'DCM', 'Something'],
    ['scheme', 'X1', 'Zzyzxburg', 'Something'],
    ['meaning', 'X1', 'DCM', 'by Zzyzxburg'],
  ])('of another tool do not stay with a name as their %s', async (_, code, scheme, meaning) => {
    const item: TestElement[] = [
      { tag: 0x00080100, vr: 'SH', value: code },
      { tag: 0x00080102, vr: 'SH', value: scheme },
      { tag: 0x00080104, vr: 'LO', value: meaning },
    ];
    const elements: TestElement[] = [
      { tag: 0x00100010, vr: 'PN', value: 'Zzyzxburg^Quillabeth' },
      { tag: 0x00120062, vr: 'CS', value: 'YES' },
      { tag: 0x00120064, vr: 'SQ', items: [item] },
    ];
    const { bytes } = await deidentifyBytes(
      writeFile({ data: writeElements(withIdentity(...elements), explicitLittle) }),
    );
    expect(holds(bytes, 'Zzyzxburg')).toBe(false);
    expect(stampsOf(bytes).codes).toEqual(['113100', '113107']);
  });

  const others: TestElement[] = [
    { tag: 0x00100010, vr: 'PN', value: 'Zzyzxburg^Quillabeth' },
    { tag: 0x00120062, vr: 'CS', value: 'YES' },
    { tag: 0x00120063, vr: 'LO', value: 'CTP 2012\\made by Quillabeth\\{"a"}\\\x1b$B' },
    {
      tag: 0x00120064,
      vr: 'SQ',
      items: [
        [
          { tag: 0x00080100, vr: 'SH', value: '113100' },
          { tag: 0x00080102, vr: 'SH', value: 'DCM' },
          { tag: 0x00080104, vr: 'LO', value: 'Basic Application Confidentiality Profile' },
        ],
        [
          { tag: 0x00080100, vr: 'SH', value: '99X' },
          { tag: 0x00080102, vr: 'SH', value: '99OWN' },
          { tag: 0x00080104, vr: 'LO', value: 'Something else' },
        ],
        [
          { tag: 0x00080100, vr: 'SH', value: '99Y' },
          { tag: 0x00080102, vr: 'SH', value: '99OWN' },
          { tag: 0x00080104, vr: 'LO', value: 'For zzyzxburg' },
        ],
      ],
    },
    { tag: 0x00280303, vr: 'CS', value: 'REMOVED' },
  ];
  const stamped = writeFile({ data: writeElements(withIdentity(...others), explicitLittle) });

  test('of another tool stay in front of ours, without what holds a name', async () => {
    const { bytes } = await deidentifyBytes(stamped);
    const { methods, codes, temporal } = stampsOf(bytes);
    expect(methods.slice(0, 3)).toEqual(['CTP 2012', '{"a"}', expect.stringMatching(/^PS3.15 2025b/)]);
    expect(codes).toEqual(['113100', '99X', '113107']);
    expect(temporal).toBe('REMOVED');
    expect(holds(bytes, 'uillabeth')).toBe(false);
  });

  test('of a file that does not say it is de-identified do not stay', async () => {
    const data = writeElements(withIdentity(...others.filter(({ tag }) => tag !== 0x00120062)), explicitLittle);
    const { methods, codes } = stampsOf((await deidentifyBytes(writeFile({ data }))).bytes);
    expect(methods[0]).toMatch(/^PS3.15 2025b/);
    expect(codes).toEqual(['113100', '113107']);
  });
});

describe('a second pass', () => {
  const options: Array<Partial<Deid>> = [
    {},
    { dates: 'remove' },
    { dates: 'retain' },
    { retainUids: true },
    { cleanDescriptors: true, cleanGraphics: true, cleanStructuredContent: true, retainSafePrivate: true },
    { retainDeviceIdentity: true, retainInstitutionIdentity: true, retainPatientCharacteristics: true },
    { cleanPixels: [pixelRule] },
  ];

  test.each(options)('over our own output changes no byte: %j', async (deid) => {
    const once = await deidentifyBytes(slice, deid);
    const twice = await deidentifyBytes(once.bytes, deid);
    expect(Buffer.from(twice.bytes).equals(Buffer.from(once.bytes))).toBe(true);
    const [first, second] = [await examine(slice, deid), await examine(once.bytes, deid)];
    const named = ({ dicom }: typeof first) => [dicom?.study, dicom?.series, dicom?.instance, dicom?.studyDate];
    expect(named(second)).toEqual(named(first));
  });

  test('knows the patient by the label that a site without labels gives', async () => {
    const first = await examine(slice);
    const subject = `SUB-${first.dicom?.patient}`;
    const { bytes } = await deidentifyBytes(slice, {}, 4096, { project: 'TRIAL', subject, session: 'S' });
    expect((await examine(bytes)).dicom?.patient).toBe(first.dicom?.patient);
  });

  test.each([
    [
      'another subject',
      (bytes: Buffer) => bytes.write('OTHER', bytes.indexOf('TRIAL_0001', bytes.indexOf('TRIAL_0001') + 1)),
    ],
    ['another mark', (bytes: Buffer) => bytes.write('ABCDEFGHJKMN', bytes.indexOf('XNAT Airlock ') + 13)],
  ])('over output with %s maps again', async (_, change) => {
    const once = Buffer.from((await deidentifyBytes(slice)).bytes);
    const before = (await examine(once)).dicom?.instance;
    change(once);
    expect((await examine(once)).dicom?.instance).not.toBe(before);
  });

  test('under another treatment of dates maps again, and names both', async () => {
    const once = await deidentifyBytes(slice);
    const twice = await deidentifyBytes(once.bytes, { dates: 'retain' });
    expect(twice.instance).not.toBe(once.instance);
    const { codes, methods, temporal } = stampsOf(twice.bytes);
    expect(codes).toEqual(['113100', '113107', '113106']);
    expect(methods.filter((method) => method.startsWith('XNAT Airlock '))).toHaveLength(2);
    expect(temporal).toBe('MODIFIED');
  });
});
