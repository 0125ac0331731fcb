import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { examineDicom } from '../../../core/deid/examineDicom.ts';
import { mapUid } from '../../../core/deid/identity/mapUid.ts';
import { patientPseudonym } from '../../../core/deid/identity/patientPseudonym.ts';
import { asciiBytes, concatBytes } from '../../../core/dicom/encodeElement.ts';
import { synthesizeCtSlice } from '../../../core/dicom/synthesizeCt.ts';
import { limits } from '../../../core/policy/limits.ts';
import { ProjectPolicy } from '../../../core/policy/ProjectPolicy.ts';
import { DomainError } from '../../../core/submission/codes/DomainError.ts';
import { DicomFact, Finding } from '../../../core/submission/contracts/steps.ts';
import { chunked, deidentifyBytes, nodeCodecs, policyWith, projectKey } from '../../fixtures/deidContext.ts';
import {
  explicitLittle,
  fragments,
  pixels,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
} from '../../fixtures/writeDicom.ts';

const picture = pixels(new Uint8Array(32));
const fileOf = (...elements: TestElement[]) =>
  writeFile({ data: writeElements(withIdentity(...elements), explicitLittle) });
const examine = (bytes: Uint8Array, policy = policyWith()) =>
  examineDicom(chunked(bytes, 50), { codecs: nodeCodecs, key: projectKey, policy });
const sopClass = (uid: string): TestElement => ({ tag: 0x00080016, vr: 'UI', value: uid });
const secondaryCapture = sopClass('1.2.840.10008.5.1.4.1.1.7');
const modality = (value: string): TestElement => ({ tag: 0x00080060, vr: 'CS', value });
const burnedIn = (value: string): TestElement => ({ tag: 0x00280301, vr: 'CS', value });
const labelShown = (value: string): TestElement => ({ tag: 0x00480010, vr: 'CS', value });
const imageType = (value: string): TestElement => ({ tag: 0x00080008, vr: 'CS', value });

/** Findings but those of conformance, which has tests of its own: these files have little but their names. */
const gatesOf = (findings: readonly { code: string }[]) =>
  findings.filter(({ code }) => !['AttributeMissing', 'AttributeEmpty', 'FileMetaDiffers'].includes(code));

const maker = (value: string): TestElement => ({ tag: 0x00080070, vr: 'LO', value });
/** One frame of compressed pixels, as hexadecimal digits. */
const compressed = (digits: string) =>
  writeFile({
    transferSyntax: '1.2.840.10008.1.2.4.50',
    data: concatBytes([
      writeElements(withIdentity(), explicitLittle),
      fragments([Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'))]),
    ]),
  });

const short = (tag: number, value: number): TestElement => ({ tag, vr: 'US', value: Uint8Array.of(value, 0) });
/** Four columns of 16 bits and so many rows; `picture` has 32 bytes. */
const geometry = (rows: number) => [short(0x00280010, rows), short(0x00280011, 4), short(0x00280100, 16)];

describe('examineDicom', () => {
  test.each([
    ['NotDicom', 'refuse', asciiBytes('a letter, not an image'.repeat(20))],
    ['DicomDelimiterMisplaced', 'refuse', fileOf({ tag: 0x00081140, vr: 'SQ', value: 'ABCDEFGHIJ' })],
    ['DicomTruncated', 'refuse', fileOf(picture).subarray(0, -1)],
    [
      'DicomTruncated',
      'refuse',
      writeFile({
        transferSyntax: '1.2.840.10008.1.2.5',
        data: concatBytes([writeElements(withIdentity(), explicitLittle), fragments([new Uint8Array(9)])]),
      }).subarray(0, -9),
    ],
    [
      'TransferSyntaxUnknown',
      'refuse',
      writeFile({ transferSyntax: '1.2.3.4', data: writeElements(withIdentity(), explicitLittle) }),
    ],
    ['IdentityIncomplete', 'refuse', fileOf({ tag: 0x0020000e, vr: 'UI', value: '' })],
    ['DicomDirectory', 'hold', fileOf(sopClass('1.2.840.10008.1.3.10'))],
    ['EncapsulatedDocument', 'hold', fileOf(sopClass('1.2.840.10008.5.1.4.1.1.104.1'))],
    ['EncapsulatedDocument', 'hold', fileOf({ tag: 0x00420011, vr: 'OB', value: '%PDF' })],
    ['StructuredReport', 'hold', fileOf(sopClass('1.2.840.10008.5.1.4.1.1.88.11'))],
    ['BurnedInRisk', 'hold', fileOf(burnedIn('YES'), picture)],
    ['BurnedInRisk', 'hold', fileOf(secondaryCapture, picture)],
    ['BurnedInRisk', 'hold', fileOf(imageType('DERIVED\\SECONDARY\\SCREEN SAVE'), picture)],
    ['BurnedInRisk', 'hold', fileOf(modality('US'), picture)],
    ['BurnedInRisk', 'hold', fileOf(modality('ES'), picture)],
    ['BurnedInRisk', 'hold', fileOf(imageType('ORIGINAL\\PRIMARY\\LABEL\\NONE'), picture)],
    ['BurnedInRisk', 'hold', fileOf(imageType('ORIGINAL\\PRIMARY\\OVERVIEW\\NONE'), picture)],
    ['BurnedInRisk', 'hold', fileOf(labelShown('YES'), picture)],
    ['BurnedInRisk', 'hold', fileOf({ tag: 0x00181016, vr: 'LO', value: 'Grabber' }, picture)],
    ['BurnedInRisk', 'hold', fileOf({ tag: 0x00080064, vr: 'CS', value: 'WSD' }, picture)],
    ['BurnedInRisk', 'hold', fileOf({ tag: 0x0008103e, vr: 'LO', value: 'Dose Report' }, picture)],
    ['BurnedInRisk', 'hold', fileOf(maker('Vital Images, Inc'), picture)],
    ['BurnedInRisk', 'hold', fileOf(maker('Canon Inc.'), { tag: 0x00081090, vr: 'LO', value: 'CXDI' }, picture)],
    ['CompressedText', 'hold', compressed('ffd8 fffe 0008 7a7a79 7a7920 ffd9')],
    ['AlreadyDeidentified', 'accept', fileOf({ tag: 0x00120062, vr: 'CS', value: 'YES' })],
    [
      'PreambleExecutable',
      'accept',
      writeFile({ preamble: asciiBytes('MZ'.padEnd(128)), data: writeElements(withIdentity(), explicitLittle) }),
    ],
    [
      'PreambleExecutable',
      'accept',
      writeFile({ preamble: asciiBytes('\x7fELF'.padEnd(128)), data: writeElements(withIdentity(), explicitLittle) }),
    ],
  ])('finds %s (%s)', async (code, disposition, bytes) => {
    const { findings } = await examine(bytes);
    expect(gatesOf(findings)).toMatchObject([{ code, disposition }]);
    for (const each of findings) expect(() => Finding.parse({ ...each, file: 0 })).not.toThrow();
  });

  test.each([
    ['a plain CT', fileOf(picture)],
    ['a CT of as many pixels as it says', fileOf(...geometry(4), picture)],
    ['ultrasound that says it is clean', fileOf(modality('US'), burnedIn('NO'), picture)],
    ['a compressed image', compressed('ffd8 ffd9')],
    ['a slide without label', fileOf(imageType('ORIGINAL\\PRIMARY\\OVERVIEW\\NONE'), labelShown('NO'), picture)],
    [
      'a report where the policy cleans it',
      fileOf(sopClass('1.2.840.10008.5.1.4.1.1.88.11')),
      policyWith({ cleanStructuredContent: true }),
    ],
    ['another product of a maker', fileOf(maker('Canon Inc.'), picture)],
    ['a derived image', fileOf(imageType('DERIVED\\SECONDARY\\AXIAL'), picture)],
    [
      'a TIFF preamble of a slide',
      writeFile({ preamble: asciiBytes('II*'.padEnd(128)), data: writeElements(withIdentity(), explicitLittle) }),
    ],
  ])('finds nothing wrong with %s', async (_, bytes, policy = policyWith()) => {
    expect(gatesOf((await examine(bytes, policy)).findings)).toEqual([]);
  });

  test('what decides on a file is told, however much there is that only informs', async () => {
    const notes = Array.from(
      { length: 200 },
      (_, i): TestElement => ({ tag: 0x00200020 + i, vr: 'LO', value: 'x\x07' }),
    );
    const noUid: TestElement = { tag: 0x00281199, vr: 'UI', value: 'none' };
    const policy = ProjectPolicy.parse({ ...policyWith(), findings: { UidInvalid: 'refuse' } });
    const { findings } = await examine(fileOf(...notes, noUid), policy);
    expect(findings.length).toBeGreaterThan(limits.findingsPerFile);
    expect(findings).toContainEqual(expect.objectContaining({ code: 'UidInvalid', disposition: 'refuse' }));
  });

  test.each<[string, Uint8Array]>([
    ['BurnedInRisk', fileOf(burnedIn('YES'), picture)],
    ['AlreadyDeidentified', fileOf({ tag: 0x00120062, vr: 'CS', value: 'YES' })],
    ['DicomDirectory', fileOf(sopClass('1.2.840.10008.1.3.10'))],
    ['EncapsulatedDocument', fileOf({ tag: 0x00420011, vr: 'OB', value: '%PDF' })],
    ['StructuredReport', fileOf(sopClass('1.2.840.10008.5.1.4.1.1.88.11'))],
    ['CompressedText', compressed('ffd8 fffe 0008 7a7a79 7a7920 ffd9')],
  ])('holds or refuses by the policy: %s', async (code, bytes) => {
    for (const [disposition, severity] of [
      ['hold', 'warning'],
      ['refuse', 'error'],
    ]) {
      const policy = ProjectPolicy.parse({ ...policyWith(), findings: { [code]: disposition } });
      const { findings } = await examine(bytes, policy);
      expect(gatesOf(findings)).toMatchObject([{ code, disposition, severity }]);
    }
  });

  test('tells tag and offset of a broken structure, and no value', async () => {
    const bytes = fileOf({ tag: 0x00100010, vr: 'PN', value: 'Zzyzx^Nobody', claimedLength: 5000 });
    const { findings, dicom } = await examine(bytes);
    expect(findings[0]).toMatchObject({ code: 'DicomTruncated', tag: '(0010,0010)' });
    expect(findings[0]?.offset).toBeGreaterThan(132);
    expect(dicom).toBeUndefined();
    expect(JSON.stringify(findings)).not.toContain('Zzyzx');
  });

  test('describes a file by pseudonym and mapped UIDs', async () => {
    const bytes = synthesizeCtSlice({ seed: 'facts', series: 3, instance: 9, rows: 8, columns: 8 });
    const { dicom } = await examine(bytes);
    const { instance } = await deidentifyBytes(bytes);
    expect(() => DicomFact.parse(dicom)).not.toThrow();
    expect(dicom).toMatchObject({ modality: 'CT', seriesNumber: 3, instanceNumber: 9, instance });
    expect(JSON.stringify(dicom)).not.toMatch(/MRN-|burg|sen|witz|meyer/);
  });

  test('gives one patient one name, with and without an id', async () => {
    const patientOf = async (...elements: TestElement[]) => (await examine(fileOf(...elements))).dicom?.patient;
    const id = (value: string): TestElement => ({ tag: 0x00100020, vr: 'LO', value });
    const name: TestElement = { tag: 0x00100010, vr: 'PN', value: 'Zzyzx^Nobody' };
    expect(await patientOf(id('A1'))).toBe(patientPseudonym(projectKey, 'A1'));
    expect(await patientOf(id('A1 '))).toBe(await patientOf(id('A1'), name));
    expect(await patientOf(id('A2'))).not.toBe(await patientOf(id('A1')));
    expect(await patientOf(id(''), name)).not.toBe(await patientOf(id('')));
  });

  test.each([
    ['another name', 'Zzyzx^Somebody', '19530407', [false, true]],
    ['another day of birth', 'Zzyzx^Nobody', '19530408', [true, false]],
    ['the same, otherwise written', 'ZZYZX^NOBODY^^=Other', '1953.04.07', [true, true]],
    ['the same, with spaces', ' Zzyzx ^Nobody ', '19530407', [true, true]],
  ])('tells apart who one patient is, by pseudonyms: %s', async (_, name, birthDate, same) => {
    const personOf = async (ofName: string, ofBirth: string) => {
      const elements: TestElement[] = [
        { tag: 0x00100010, vr: 'PN', value: ofName },
        { tag: 0x00100020, vr: 'LO', value: 'A1' },
        { tag: 0x00100030, vr: 'DA', value: ofBirth },
      ];
      const { dicom } = await examine(fileOf(...elements));
      expect(JSON.stringify(dicom)).not.toMatch(/zzyzx|nobody|1953/i);
      return dicom?.person;
    };
    const [one, other] = [await personOf('Zzyzx^Nobody', '19530407'), await personOf(name, birthDate)];
    expect([one?.name === other?.name, one?.birthDate === other?.birthDate]).toEqual(same);
    expect((await examine(fileOf())).dicom?.person).toBeUndefined();
  });

  test.each([
    ['remove', undefined],
    ['retain', '2019-05-18'],
  ] as const)('tells the study date as the policy says: %s', async (dates, studyDate) => {
    const bytes = fileOf({ tag: 0x00080020, vr: 'DA', value: '20190518' });
    expect((await examine(bytes, policyWith({ dates }))).dicom?.studyDate).toBe(studyDate);
  });

  test('maps UIDs unless the policy keeps them', async () => {
    const { dicom } = await examine(fileOf());
    expect(dicom?.study).toBe(mapUid(projectKey, '1.2.3.4.5.6.7.8.9.11'));
    const kept = await examine(fileOf(), policyWith({ retainUids: true }));
    expect(kept.dicom?.study).toBe('1.2.3.4.5.6.7.8.9.11');
  });

  test('reads the body to its end, also of what it refuses', async () => {
    let read = 0;
    const bytes = concatBytes([asciiBytes('no image'.repeat(50)), new Uint8Array(100_000)]);
    const body = async function* () {
      for await (const chunk of chunked(bytes)) {
        read += chunk.length;
        yield chunk;
      }
    };
    await examineDicom(body(), { codecs: nodeCodecs, key: projectKey, policy: policyWith() });
    expect(read).toBe(bytes.length);
  });

  test('finds the same where it takes no digest of the pixels, down to their end', async () => {
    for (const bytes of [fileOf(picture), fileOf(picture).subarray(0, -1)]) {
      const context = { codecs: nodeCodecs, key: projectKey, policy: policyWith() };
      const { findings, dicom } = await examineDicom(chunked(bytes), { ...context, skipsPixelDigest: true });
      const whole = await examineDicom(chunked(bytes), context);
      expect(findings).toEqual(whole.findings);
      const { pixelSha256: _, ...rest } = whole.dicom ?? {};
      expect(dicom ?? {}).toEqual(rest);
    }
  });

  test('throws the faults of the storage on', async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array, void> {
      yield fileOf(picture).subarray(0, 200);
      throw new DomainError('StorageUnavailable', 'Cannot read: the store does not answer');
    };
    const examined = examineDicom(broken(), { codecs: nodeCodecs, key: projectKey, policy: policyWith() });
    await expect(examined).rejects.toMatchObject({ name: 'StorageUnavailable' });
  });

  test('a label cannot be compared with more names than are looked for', async () => {
    const names = Array.from({ length: 10_000 }, (_, number): TestElement[] => [
      { tag: 0x00081070, vr: 'PN', value: `Zzyzx${number}^Nobody of a long name with ${number} letters` },
    ]);
    const bytes = fileOf({ tag: 0x00400275, vr: 'SQ', items: names });
    const context = { codecs: nodeCodecs, key: projectKey, policy: policyWith(), askedLabels: ['S_0001'] };
    const { findings, dicom } = await examineDicom(chunked(bytes, 65_536), context);
    expect(findings).toContainEqual(expect.objectContaining({ code: 'DicomTooManyNames', disposition: 'refuse' }));
    expect(JSON.stringify(findings)).not.toContain('Zzyzx');
    expect(dicom).toBeUndefined();
  });

  test('what it accepts can be de-identified, or is refused by code', async () => {
    const base = synthesizeCtSlice({ seed: 'agree', series: 1, instance: 1, rows: 4, columns: 4 });
    await fc.assert(
      fc.asyncProperty(fc.nat(base.length - 1), fc.integer({ min: 1, max: 255 }), async (position, byte) => {
        const changed = base.map((each, i) => (i === position ? each ^ byte : each));
        const { dicom, findings } = await examine(changed);
        const outcome = await deidentifyBytes(changed).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome.name).toMatch(/^(Residual|Dicom|NotD|TransferSyntax|Identity)/);
        if (findings.some(({ code }) => code.startsWith('Dicom') || code === 'NotDicom')) {
          expect(outcome).toBeInstanceOf(Error);
        } else if (!(outcome instanceof Error)) {
          expect(dicom === undefined || findings.every(({ disposition }) => disposition !== 'refuse')).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
