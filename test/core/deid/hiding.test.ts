import { describe, expect, test } from 'vitest';
import { examineDicom } from '../../../core/deid/examineDicom.ts';
import { concatBytes } from '../../../core/dicom/encodeElement.ts';
import { chunked, deidentifyBytes, nodeCodecs, policyWith, projectKey } from '../../fixtures/deidContext.ts';
import {
  explicitLittle,
  fragments,
  implicitLittle,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
  writeHeader,
} from '../../fixtures/writeDicom.ts';

const marker = 'Qxsecret';
const latin = (value: string) => Uint8Array.from(value, (each) => each.charCodeAt(0));
const utf8 = (value: string) => new TextEncoder().encode(value);
const text = (tag: number, vr: string, value: string | Uint8Array = marker): TestElement => ({ tag, vr, value });
const sequence = (tag: number, ...items: TestElement[][]): TestElement => ({ tag, vr: 'SQ', items });
const short = (tag: number, value: number): TestElement => ({ tag, vr: 'US', value: Uint8Array.of(value, 0) });
const head = (...elements: TestElement[]) => writeElements(withIdentity(...elements), explicitLittle);
const fileOf = (...elements: TestElement[]) => writeFile({ data: head(...elements) });
const image = [short(0x00280002, 1), short(0x00280010, 2), short(0x00280011, 2), short(0x00280100, 8)];
const bits = [short(0x00280002, 1), short(0x00280010, 3), short(0x00280011, 3), short(0x00280100, 1)];
const named = text(0x00100010, 'PN', `${marker}^Anna`);
const behindUn = (tag: number, ...items: TestElement[][]): TestElement => ({
  ...{ tag, vr: 'UN', isUndefined: true, itemForm: implicitLittle, items },
});
const optional = {
  ...{ retainSafePrivate: true, retainUids: true, retainDeviceIdentity: true, retainInstitutionIdentity: true },
  ...{ cleanDescriptors: true, cleanStructuredContent: true, cleanGraphics: true, retainPatientCharacteristics: true },
} as const;

const find = (bytes: Uint8Array, deid = {}) =>
  examineDicom(chunked(bytes), { codecs: nodeCodecs, key: projectKey, policy: policyWith(deid) });

describe.each([
  ['the default policy', {}],
  ['no dates', { dates: 'remove' as const }],
  ['every option', optional],
])('under %s', (_, deid) => {
  test.each<[string, TestElement[]]>([
    ['a sequence of a vendor behind UN', [behindUn(0x00291010, [text(0x00100010, 'PN')])]],
    ['UN behind UN', [behindUn(0x00291010, [behindUn(0x00291011, [text(0x00100010, 'PN')])])]],
    ['groups that belong elsewhere', [text(0x00020016, 'AE'), text(0x00041130, 'CS'), text(0x00060010, 'LO')]],
    ['dates of another calendar', [text(0x00100033, 'LO'), text(0x00100034, 'LO'), text(0x00100035, 'CS', 'QXSECRET')]],
    ['numbers of orders', [0x00401006, 0x00401007, 0x00402006, 0x00402007].map((tag) => text(tag, 'SH'))],
    ['attributes encrypted by somebody', [sequence(0x04000500, [text(0x04000520, 'OB')])]],
    ['addresses', [0x00081190, 0x0040e010, 0x00404073].map((tag) => text(tag, 'UR', `http://host/${marker}`))],
    ['comments', [text(0x00240044, 'LT'), text(0x30040006, 'LO'), text(0x30080202, 'ST'), text(0x300a0402, 'ST')]],
    ['notes', [0x00400556, 0x0040a492, 0x00440011, 0x00741006, 0x00741238, 0x30080066].map((tag) => text(tag, 'LO'))],
    ['retired descriptions', [text(0x00400553, 'ST'), text(0x00401060, 'LO')]],
    [
      'who asks, uses, prints or travels',
      [0x00720008, 0x00720010, 0x0074100c, 0x20000050, 0x21000160, 0x4010101a, 0x40101051].map((tag) =>
        text(tag, 'LO'),
      ),
    ],
    ['the name of a document', [sequence(0x0040a390, [text(0x0040e001, 'ST')])]],
    ['pixels of icons and references', [0x00880200, 0x00081140].map((tag) => sequence(tag, [text(0x7fe00010, 'OW')]))],
    ['dates that are ranges or words', [text(0x00080022, 'DA'), text(0x0008002a, 'DT'), text(0x00080030, 'TM')]],
    ['UIDs that are words', [text(0x00200052, 'UI'), text(0x00081150, 'UI'), text(0x0020000e, 'UI')]],
    ['words where numbers are due', [text(0x00280030, 'DS', `1\\${marker}`), text(0x00200013, 'IS')]],
    [
      'the text of an item that measures',
      [
        sequence(
          0x0040a730,
          ...['NUM', 'CODE', 'CONTAINER', 'UIDREF'].map((type) => [
            text(0x0040a040, 'CS', type),
            text(0x0040a160, 'UT'),
          ]),
        ),
      ],
    ],
    ['a text where a sequence is due', [text(0x00089215, 'LO')]],
    ['a name where a text is due', [sequence(0x00081090, [text(0x00100010, 'PN')])]],
    ['annotations of waveforms', [sequence(0x0040b020, [text(0x00700006, 'ST')])]],
  ])('nothing is left of %s', async (__, elements) => {
    const { bytes } = await deidentifyBytes(fileOf(...elements.toSorted((left, right) => left.tag - right.tag)), deid);
    expect(Buffer.from(bytes).toString('latin1')).not.toMatch(/qxsecret/i);
  });

  test.each<[string, TestElement[]]>([
    ['a defined term', [named, text(0x00180015, 'CS', 'QXSECRET')]],
    ['a term behind an escape sequence', [named, text(0x00180015, 'CS', '\x1b$BQXSECRET')]],
    ['the character set', [text(0x00080005, 'CS', 'QXSECRET'), named]],
    ['bytes of a profile of colors', [named, text(0x00282000, 'OB', latin(`xx${marker}`))]],
    ['bytes of numbers', [named, text(0x00189073, 'FD', latin(marker))]],
    ['another VR than the tag has', [named, text(0x00189073, 'OB')]],
    ['a date as people write it', [text(0x00080020, 'DA', '20190518'), text(0x00620006, 'ST', 'of 18 May 2019')]],
    [
      'kanji of UTF-8 that an item writes by ISO 2022',
      [
        text(0x00080005, 'CS', 'ISO_IR 192'),
        sequence(0x00089215, [
          text(0x00080005, 'CS', '\\ISO 2022 IR 87'),
          text(0x00080104, 'LO', latin('\x1b$B;3ED\x1b(B')),
        ]),
        text(0x00100010, 'PN', utf8('山田^太郎')),
      ],
    ],
    [
      'Cyrillic of ISO 8859-5 that an item writes in capitals of UTF-8',
      [
        text(0x00080005, 'CS', 'ISO_IR 144'),
        sequence(0x00089215, [text(0x00080005, 'CS', 'ISO_IR 192'), text(0x00080104, 'LO', utf8('МАРИЯ'))]),
        text(0x00100010, 'PN', latin('\xbc\xd0\xe0\xd8\xef^X')),
      ],
    ],
    [
      'umlauts that are written out',
      [
        text(0x00080005, 'CS', 'ISO_IR 100'),
        text(0x00100010, 'PN', latin('M\xfcller^J')),
        text(0x00620006, 'ST', 'by Mueller'),
      ],
    ],
    [
      'marks that are left out',
      [text(0x00080005, 'CS', 'ISO_IR 100'), text(0x00100010, 'PN', latin('Jos\xe9')), text(0x00620006, 'ST', 'JOSE')],
    ],
  ])('a file is refused that has its name in %s', async (__, elements) => {
    const error: unknown = await deidentifyBytes(fileOf(...elements), deid).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: 'ResidualIdentifier', cause: { tag: expect.any(Number) } });
    expect(String(error)).not.toMatch(/qxsecret|müller|josé|山/i);
  });
});

/** Encapsulated pixels: an offset table of these bytes, and one fragment. */
const encapsulated = (syntax: string, table: Uint8Array, frame: Uint8Array) => {
  const whole = fragments([frame]);
  return writeFile({
    transferSyntax: `1.2.840.10008.1.2.4.${syntax}`,
    data: concatBytes([
      head(...image, text(0x00280008, 'IS', '1')),
      whole.subarray(0, 12),
      writeHeader(0xfffee000, table.length, explicitLittle),
      table,
      whole.subarray(20),
    ]),
  });
};
/** Behind a table of offsets of 64 bits. */
const extended = (table: string) => {
  const offsets = [0x7fe00001, 0x7fe00002].map((tag) => ({ tag, vr: 'OV', value: latin(table) }));
  const data = concatBytes([head(...image, text(0x00280008, 'IS', '1'), ...offsets), fragments([emptyJpeg])]);
  return writeFile({ transferSyntax: '1.2.840.10008.1.2.4.50', data });
};
const emptyJpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
const native = (...behind: number[]) => ({ tag: 0x7fe00010, vr: 'OW', value: Uint8Array.of(1, 2, 3, 4, ...behind) });

describe('a person must look at', () => {
  test.each<[string, string, Uint8Array]>([
    ['PixelsFollowed', 'words behind the pixels', fileOf(...image, native(0, 0, ...latin(marker)))],
    ['CompressedText', 'words in the offset table', encapsulated('50', latin(marker), emptyJpeg)],
    [
      'CompressedText',
      'offsets that fall',
      encapsulated('50', Uint8Array.of(0, 0, 0, 0, 9, 0, 0, 0, 8, 0, 0, 0), emptyJpeg),
    ],
    ['CompressedText', 'words in the extended offset table', extended('Zzyzx\0\0\0')],
    [
      'CompressedText',
      'boxes around JPEG 2000',
      encapsulated(
        '90',
        new Uint8Array(0),
        concatBytes([latin('\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x18xml '), latin(marker)]),
      ),
    ],
    ['Recording', 'a dictation', fileOf(text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.9.4.1'))],
    ['Recording', 'a film', encapsulated('102', new Uint8Array(0), new Uint8Array(4))],
    ['BurnedInRisk', 'an overlay in bits of the pixels', fileOf(...image, short(0x60000100, 16), native())],
  ])('%s: %s', async (code, _, bytes) => {
    const { findings } = await find(bytes);
    expect(findings.map((each) => each.code)).toContain(code);
    expect(findings.find((each) => each.code === code)).toMatchObject({ disposition: 'hold', tag: expect.any(String) });
    expect(JSON.stringify(findings)).not.toMatch(/qxsecret/i);
  });

  test.each<[string, Uint8Array]>([
    ['zeros behind the pixels', fileOf(...image, native(0, 0, 0, 0))],
    ['a last byte of single bits', fileOf(...bits, { ...native(), value: Uint8Array.of(7, 1) })],
    ['an image of no number of frames', fileOf(text(0x00280008, 'IS', '  '), ...image, native())],
    ['an image of a number of no frames', fileOf(text(0x00280008, 'IS', '0'), ...image, native())],
    ['offsets that rise', encapsulated('50', Uint8Array.of(0, 0, 0, 0, 9, 0, 0, 0), emptyJpeg)],
    ['an extended offset table', extended('\0\0\0\0\x01\0\0\0')],
    ['an overlay of its own', fileOf(...image, short(0x60000100, 1), native())],
  ])('not: %s', async (_, bytes) => {
    const { findings } = await find(bytes);
    expect(findings.filter(({ disposition, code }) => disposition !== 'accept' && code !== 'FramesMissing')).toEqual(
      [],
    );
  });
});

test.each([
  ['CT', 'CT'],
  ['SMITH', 'OT'],
])('a file of modality %s goes by %s', async (modality, known) => {
  expect((await find(fileOf(text(0x00080060, 'CS', modality)))).dicom?.modality).toBe(known);
});

test.each<[string, TestElement, string]>([
  ['a text', text(0x00180015, 'CS', 'CHEST\0Qxsecret'), 'CHEST '],
  ['several texts', text(0x00080008, 'CS', 'ORIGINAL\0\\PRIMARY\0Qxsecret\\AXIAL'), 'ORIGINAL\0\\PRIMARY\\AXIAL '],
  ['a text of lines', text(0x00620006, 'ST', 'of it\0\\Qxsecret'), 'of it '],
  ['a number', text(0x00200013, 'IS', '12\0QX '), '12'],
])('what stands behind the end of %s does not pass', async (_, element, left) => {
  for (const deid of [{}, optional]) {
    const { bytes } = await deidentifyBytes(fileOf(element), deid);
    const written = Buffer.from(bytes).toString('latin1');
    expect(written).not.toMatch(/secret|QX/i);
    expect(written).toContain(String.fromCharCode(left.length, 0) + left);
  }
});

test('what stands behind the end of a text is no place for a name', async () => {
  const file = fileOf(named, text(0x00180015, 'CS', 'QXSECRET\0x'));
  await expect(deidentifyBytes(file)).rejects.toMatchObject({ name: 'ResidualIdentifier' });
});

test('zeros that pad each of several values stay', async () => {
  const { bytes } = await deidentifyBytes(fileOf(text(0x00080008, 'CS', 'ORIGINAL\0\\PRIMARY\0\0')));
  expect(Buffer.from(bytes).toString('latin1')).toContain('ORIGINAL\0\\PRIMARY\0\0');
});

test('letters beyond ASCII are no number', async () => {
  const name = latin('\xbc\xd0\xe0\xd8\xef');
  const { bytes } = await deidentifyBytes(fileOf(text(0x00280030, 'DS', name)));
  expect(Buffer.from(bytes).includes(Buffer.from(name))).toBe(false);
});

test.each(['1.5e-3\\+7', 'NaN\\INF\\-inf', '12 mm'])('the number %s stays as it is', async (number) => {
  const { bytes } = await deidentifyBytes(fileOf(text(0x00280030, 'DS', number)));
  expect(Buffer.from(bytes).toString('latin1')).toContain(number);
});

test.each([
  ['Foot^Anna', 'CT of the foot', true],
  ['Foot^Bone', 'Bone Foot', true],
  ['Test^Patient', 'Patient Test', true],
  ['Bo^Ne', 'of bone', true],
  ['Foot^Anna', 'of Foot^Anna', false],
  ['Foot^Anna', 'of Anna', false],
])('%s and the text %s can go together: %s', async (name, note, isWritten) => {
  const file = fileOf(text(0x00100010, 'PN', name), text(0x00620006, 'ST', note));
  const result = await deidentifyBytes(file).catch((error: unknown) => error);
  expect(result instanceof Error ? result.name : 'written').toBe(isWritten ? 'written' : 'ResidualIdentifier');
});

test('numbers of 64 bits, which the second reader does not know, keep no file out', async () => {
  const offsets: TestElement[] = [0x7fe00001, 0x7fe00002].map((tag) => ({ tag, vr: 'OV', value: new Uint8Array(8) }));
  const { bytes } = await deidentifyBytes(fileOf(...image, ...offsets, native()));
  expect(Buffer.from(bytes).includes(Buffer.from([0xe0, 0x7f, 1, 0, 0x4f, 0x56]))).toBe(true);
});

test.each([
  ['Perfusion^Head', 'HEAD'],
  ['Test^Patient', 'PATIENT TEST'],
  ['Norm^Axial', 'ORIGINAL\\NORM\\AXIAL'],
  ['Bo^Yi', 'BO'],
])('%s is no reason to refuse the term %s', async (name, term) => {
  await deidentifyBytes(fileOf(text(0x00080008, 'CS', term), text(0x00100010, 'PN', name)));
});
