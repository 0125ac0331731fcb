import { deflateRawSync } from 'node:zlib';
import dicomParser from 'dicom-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { faultOf } from '../../../core/dicom/dicomFault.ts';
import { asciiBytes, concatBytes } from '../../../core/dicom/encodeElement.ts';
import { readDicom } from '../../../core/dicom/readDicom.ts';
import { readText } from '../../../core/dicom/readText.ts';
import { synthesizeCtSlice } from '../../../core/dicom/synthesizeCt.ts';
import { chunked, collect, nodeCodecs } from '../../fixtures/deidContext.ts';
import {
  explicitBig,
  explicitLittle,
  fragments,
  implicitLittle,
  pixels,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
  writeHeader,
} from '../../fixtures/writeDicom.ts';

const pixelBytes = Uint8Array.from({ length: 64 }, (_, i) => i);
const name: TestElement = { tag: 0x00100010, vr: 'PN', value: 'Zzyzx^Nobody' };
const sequence = (depth: number): TestElement => ({
  tag: 0x00081140,
  vr: 'SQ',
  items: [depth === 1 ? [name] : [sequence(depth - 1)]],
});

async function read(bytes: Uint8Array, size = 7) {
  const file = await readDicom(chunked(bytes, size), nodeCodecs);
  const value = file.pixels === undefined ? undefined : await collect(file.pixels);
  return { file, value, tail: await file.tail() };
}

/** The first chunk is memory of its own; each other one is a Buffer that is valid until the next is asked for. */
async function* reusedBuffers(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  const first = 200;
  yield Buffer.from(bytes.subarray(0, first));
  const room = Buffer.alloc(50);
  for (let at = first; at < bytes.length; at += room.length) {
    const part = bytes.subarray(at, at + room.length);
    room.fill(0xee).set(part);
    yield room.subarray(0, part.length);
  }
}

const inForm = (form: typeof explicitLittle, ...elements: TestElement[]) =>
  writeElements(withIdentity(...elements), form);
/** Files are written without it here. */
function withMetaLength(bytes: Uint8Array, length: number): Uint8Array {
  const element: TestElement = { tag: 0x00020000, vr: 'UL', value: Uint8Array.of(length, 0, 0, 0) };
  return concatBytes([bytes.subarray(0, 132), writeElements([element], explicitLittle), bytes.subarray(132)]);
}
const deflatedSet = (data: Uint8Array) => new Uint8Array(deflateRawSync(data));

describe('readDicom', () => {
  test.each([
    ['explicit', '1.2.840.10008.1.2.1', (data: Uint8Array) => data],
    ['deflated', '1.2.840.10008.1.2.1.99', deflatedSet],
  ])('keeps no chunk longer than it is valid: %s', async (_, transferSyntax, written) => {
    const padding: TestElement = {
      tag: 0xfffcfffc,
      vr: 'OB',
      value: Uint8Array.from({ length: 400 }, (__, i) => i * i),
    };
    const bytes = writeFile({ transferSyntax, data: written(inForm(explicitLittle, pixels(pixelBytes), padding)) });
    const file = await readDicom(reusedBuffers(bytes), nodeCodecs);
    expect(file.pixels && (await collect(file.pixels))).toEqual(pixelBytes);
    expect((await file.tail()).bytes.subarray(-400)).toEqual(padding.value);
  });

  test.each([
    ['explicit little endian', writeFile({ data: inForm(explicitLittle, name, pixels(pixelBytes)) })],
    [
      'implicit little endian',
      writeFile({ transferSyntax: '1.2.840.10008.1.2', data: inForm(implicitLittle, name, pixels(pixelBytes)) }),
    ],
    [
      'explicit big endian',
      writeFile({ transferSyntax: '1.2.840.10008.1.2.2', data: inForm(explicitBig, name, pixels(pixelBytes)) }),
    ],
    [
      'deflated',
      writeFile({
        transferSyntax: '1.2.840.10008.1.2.1.99',
        data: deflatedSet(inForm(explicitLittle, name, pixels(pixelBytes))),
      }),
    ],
    ['no preamble, no file meta', inForm(explicitLittle, name, pixels(pixelBytes))],
    ['no preamble, no file meta, implicit', inForm(implicitLittle, name, pixels(pixelBytes))],
    [
      'of a wrong length of its file meta',
      withMetaLength(writeFile({ data: inForm(explicitLittle, name, pixels(pixelBytes)) }), 7),
    ],
    ['no preamble, but file meta', writeFile({ data: inForm(explicitLittle, name, pixels(pixelBytes)) }).subarray(132)],
  ])('reads a file that is %s, byte by byte', async (_, bytes) => {
    const { file, value } = await read(bytes, 1);
    expect(readText(file.head, file.index, 0x00100010)).toBe('Zzyzx^Nobody');
    expect(value).toEqual(pixelBytes);
  });

  test('passes encapsulated fragments through with their delimiter', async () => {
    const encapsulated = fragments([asciiBytes('frame one!'), asciiBytes('frame two!!!')]);
    const data = concatBytes([inForm(explicitLittle, name), encapsulated]);
    const { value } = await read(writeFile({ transferSyntax: '1.2.840.10008.1.2.4.50', data }), 3);
    expect(value).toEqual(encapsulated.subarray(12));
  });

  test.each([
    ['SQ of undefined length', { tag: 0x00081140, vr: 'SQ', items: [[name], [name]], isUndefined: true }],
    ['SQ of defined length', { tag: 0x00081140, vr: 'SQ', items: [[name], [name]] }],
    [
      'UN of undefined length',
      { tag: 0x00091140, vr: 'UN', items: [[name], [name]], isUndefined: true, itemForm: implicitLittle },
    ],
    ['UN of defined length', { tag: 0x00081140, vr: 'UN', items: [[name], [name]], itemForm: implicitLittle }],
    ['private SQ', { tag: 0x00091140, vr: 'SQ', items: [[name], [name]] }],
  ] satisfies Array<[string, TestElement]>)('indexes the items of a %s', async (_, element) => {
    const { file } = await read(writeFile({ data: inForm(explicitLittle, element) }));
    expect([...file.index.tag.subarray(0, file.index.count)].filter((tag) => tag === 0x00100010)).toHaveLength(2);
  });

  test('drops what follows the last element after pixel data, and counts it', async () => {
    const tail = writeElements(
      [
        { tag: 0x7fe11010, vr: 'OB', value: 'private' },
        { tag: 0xfffcfffc, vr: 'OB', value: '00' },
      ],
      explicitLittle,
    );
    const data = concatBytes([inForm(explicitLittle, pixels(pixelBytes)), tail, asciiBytes('payload behind')]);
    const { value, tail: found } = await read(writeFile({ data }));
    expect(value).toEqual(pixelBytes);
    expect([...found.index.tag.subarray(0, found.index.count)]).toEqual([0x7fe11010, 0xfffcfffc]);
    expect(found.trailingBytes).toBe(14);
  });

  test('finds the elements that dicom-parser finds', async () => {
    const bytes = synthesizeCtSlice({ seed: 'parser', series: 1, instance: 1, rows: 16, columns: 16 });
    const { file } = await read(bytes, 100);
    const ours = [...file.index.tag.subarray(0, file.index.count)].filter((_, i) => file.index.parent[i] === -1);
    const theirs = Object.values(dicomParser.parseDicom(bytes).elements)
      .map(({ tag }) => Number.parseInt(tag.slice(1), 16))
      .filter((tag) => tag >= 0x00080000);
    expect(ours).toEqual(theirs);
  });
});

describe('readDicom refuses', () => {
  test('a nest of 100,000 sequences within 100 ms of CPU time', async () => {
    const opening = concatBytes([
      writeElements([{ tag: 0x00081140, vr: 'SQ', claimedLength: 0xffffffff }], explicitLittle),
      writeHeader(0xfffee000, 0xffffffff, explicitLittle),
    ]);
    const bytes = writeFile({ data: concatBytes(Array.from({ length: 100_000 }, () => opening)) });
    const before = process.threadCpuUsage();
    const error: unknown = await read(bytes, 65_536).catch((cause: unknown) => cause);
    expect(faultOf(error)?.code).toBe('DicomTooDeep');
    expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(100);
  });
});

describe('readDicom of hostile bytes', () => {
  const base = concatBytes([
    writeFile({
      data: inForm(
        explicitLittle,
        name,
        sequence(3),
        { tag: 0x0040a730, vr: 'SQ', items: [[name], [name]], isUndefined: true },
        { tag: 0x00081115, vr: 'UN', items: [[name]], itemForm: implicitLittle },
      ),
    }),
    fragments([pixelBytes]),
    writeElements([{ tag: 0xfffcfffc, vr: 'OB', value: 'padding' }], explicitLittle),
  ]);

  const verdictOf = async (bytes: Uint8Array, size: number) => {
    const error: unknown = await read(bytes, size).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    return error === undefined ? 'read' : faultOf(error)?.code;
  };

  test('every cut, flip, insertion and repetition is read or refused by code', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(base.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.constantFrom('cut', 'flip', 'insert', 'repeat'),
        fc.integer({ min: 1, max: 300 }),
        async (position, byte, kind, size) => {
          const changed = {
            cut: () => base.subarray(0, position),
            flip: () => base.map((each, i) => (i === position ? each ^ byte : each)),
            insert: () => concatBytes([base.subarray(0, position), Uint8Array.of(byte), base.subarray(position)]),
            repeat: () => concatBytes([base.subarray(0, position), base.subarray(position - (position % 64))]),
          }[kind]();
          expect(await verdictOf(changed, size)).toMatch(/^(read|NotDicom|Dicom[A-Z]\w+)$/);
        },
      ),
      { numRuns: 600 },
    );
  });

  test('every length field set to an extreme is read or refused by code', async () => {
    for (let position = 132; position + 4 <= base.length; position += 2) {
      for (const length of [0, 1, 0x7fffffff, 0xfffffffe, 0xffffffff]) {
        const changed = base.slice();
        new DataView(changed.buffer).setUint32(position, length, true);
        expect(await verdictOf(changed, 65_536)).toMatch(/^(read|NotDicom|Dicom)/);
      }
    }
  });

  test('3 million elements take less than 4 s of CPU time', async () => {
    const elements = new Uint8Array(3_000_000 * 8);
    const view = new DataView(elements.buffer);
    for (let i = 0; i < 3_000_000; i += 1)
      view.setUint32(i * 8, (((i & 0xffff) << 16) | (9 + 2 * (i >>> 16))) >>> 0, true);
    const bytes = writeFile({ transferSyntax: '1.2.840.10008.1.2', data: elements });
    const before = process.threadCpuUsage();
    expect(await verdictOf(bytes, 65_536)).toBe('read');
    expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(4000);
  });
});
