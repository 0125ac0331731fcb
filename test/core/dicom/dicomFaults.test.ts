import { describe, expect, test } from 'vitest';
import { harvestIdentifiers } from '../../../core/deid/identifiers/harvestIdentifiers.ts';
import { faultOf, formatTag } from '../../../core/dicom/dicomFault.ts';
import { type DicomFaultCode, dicomFaults } from '../../../core/dicom/dicomFaults.ts';
import { createElementIndex } from '../../../core/dicom/elementIndex.ts';
import { encodeElement } from '../../../core/dicom/encodeElement.ts';
import { proveTiling } from '../../../core/dicom/proveTiling.ts';
import { readDicom } from '../../../core/dicom/readDicom.ts';
import { requireWholePixels } from '../../../core/dicom/requireWholePixels.ts';
import { vr } from '../../../core/dicom/vr.ts';
import { limits } from '../../../core/policy/limits.ts';
import { brokenFiles, emptyElements, fileOf, implicitFile, nest } from '../../fixtures/brokenFiles.ts';
import { chunked, collect, nodeCodecs, policyWith } from '../../fixtures/deidContext.ts';
import {
  explicitBig,
  explicitLittle,
  implicitLittle,
  type TestElement,
  writeElements,
  writeFile,
} from '../../fixtures/writeDicom.ts';

async function readWhole(bytes: Uint8Array): Promise<void> {
  const file = await readDicom(chunked(bytes, 65_536), nodeCodecs);
  requireWholePixels(file);
  if (file.pixels !== undefined) await collect(file.pixels);
  await file.tail();
}

const manyNames = Array.from({ length: 10_000 }, (_, number): TestElement[] => [
  { tag: 0x00081070, vr: 'PN', value: `Zzyzx${number}^Nobody of a long name with ${number} letters` },
]);
const longName: TestElement = { tag: 0x00081070, vr: 'UC', value: 'Zzyzx '.repeat(limits.dicomTextBytes / 5) };

async function harvest(...elements: TestElement[]) {
  const file = await readDicom(chunked(fileOf(...elements), 65_536), nodeCodecs);
  return harvestIdentifiers(file, { policy: policyWith(), rules: new Map(), isOwnOutput: false });
}

/** What no file reaches by being read, by the guard that stands there nevertheless. */
const guards: Array<{ code: DicomFaultCode; why: string; call: () => Promise<unknown> }> = [
  {
    code: 'DicomTooManyNames',
    why: 'more names than can be looked for',
    call: () => harvest({ tag: 0x00400275, vr: 'SQ', items: manyNames }),
  },
  { code: 'DicomTextTooLong', why: 'a name of more than 1 MiB', call: () => harvest(longName) },
  {
    code: 'DicomMalformed',
    why: 'ranges that leave a gap',
    call: async () => proveTiling({ ...createElementIndex(1), count: 1 }, 4, 8),
  },
  {
    code: 'DicomValueTooLong',
    why: 'a text of 70,000 characters in a short element',
    call: async () => encodeElement({ tag: 0x00100010, vr: vr.PN, value: new Uint8Array(70_000) }, explicitLittle),
  },
];

describe('each way in which bytes are no readable file', () => {
  test.each(brokenFiles)('has its code, byte and element: $code for $why', async ({ code, bytes, offset, tag }) => {
    const error: unknown = await readWhole(bytes).catch((cause: unknown) => cause);
    const fault = faultOf(error);
    expect(fault).toMatchObject({ code, place: { offset, ...(tag === undefined ? {} : { tag }) } });
    expect(fault?.message).toContain(`at byte ${offset}`);
    if (tag !== undefined) expect(fault?.message).toContain(formatTag(tag));
    expect(fault?.message).not.toContain('Zzyzx');
  });

  test.each(guards)('$code guards against $why', async ({ code, call }) => {
    await expect(call()).rejects.toMatchObject({ name: code, message: expect.not.stringContaining('Zzyzx') });
  });

  /** A name behind a length that is too short: what is left of it is read as a header. */
  const cutName = { tag: 0x00100010, vr: 'PN', value: 'SMITH^ANNABELLA', claimedLength: 4 };
  const implicit = { transferSyntax: '1.2.840.10008.1.2' };
  const inItem = { tag: 0x00081140, vr: 'SQ', items: [[cutName]] };
  test.each([
    ['implicit VR', { ...implicit, data: writeElements([cutName], implicitLittle) }],
    ['an item', { ...implicit, data: writeElements([inItem], implicitLittle) }],
    ['explicit VR', { data: writeElements([cutName], explicitLittle) }],
    ['big endian', { transferSyntax: '1.2.840.10008.1.2.2', data: writeElements([cutName], explicitBig) }],
  ])('tells no letters of a name behind a wrong length: %s', async (_, file) => {
    const error: unknown = await readWhole(writeFile(file)).catch((cause: unknown) => cause);
    const fault = faultOf(error);
    expect(fault?.code).toMatch(/^Dicom/);
    // H^AN and NABE, as numbers of either order
    expect(JSON.stringify(fault)).not.toMatch(/5E48|485E|4E41|414E|1161969998|1161970/i);
    expect(fault?.place.offset).toBeLessThan(400);
  });

  test('is in this table, and says what to do', () => {
    const tested = new Set([...brokenFiles, ...guards].map(({ code }) => code));
    expect([...tested].sort()).toEqual(Object.keys(dicomFaults).sort());
    for (const { meaning, advice } of Object.values(dicomFaults))
      expect(`${meaning}. ${advice}.`).toMatch(/^[A-Z].{10,}\. [A-Z].{10,}\.$/);
  });

  test('exactly at the limits a file is read', async () => {
    await readWhole(fileOf(nest(limits.dicomDepth)));
    await readWhole(implicitFile(emptyElements(limits.dicomElements)));
  });
});
