import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { examineDicom } from '../../../core/deid/examineDicom.ts';
import { asciiBytes } from '../../../core/dicom/encodeElement.ts';
import { Finding } from '../../../core/submission/contracts/steps.ts';
import { conformanceOf } from '../../fixtures/conformanceOf.ts';
import { chunked, nodeCodecs, policyWith, projectKey } from '../../fixtures/deidContext.ts';
import {
  explicitLittle,
  implicitLittle,
  pixels,
  type TestElement,
  withIdentity,
  writeElements,
  writeFile,
} from '../../fixtures/writeDicom.ts';

const marker = 'QXMARKERZZ';
const text = (tag: number, vr: string, value = marker): TestElement => ({ tag, vr, value });
const base = writeFile({
  data: writeElements(
    withIdentity(
      ...[text(0x00080005, 'CS', 'ISO_IR 192'), text(0x00080020, 'DA'), text(0x00080030, 'TM'), text(0x00080050, 'SH')],
      ...[text(0x00080060, 'CS'), text(0x00100010, 'PN'), text(0x00100020, 'LO'), text(0x00101010, 'AS')],
      { tag: 0x00081140, vr: 'SQ', items: [[text(0x00081155, 'UI'), text(0x00104000, 'LT')]] },
      ...[text(0x00200013, 'IS'), text(0x00200052, 'UI'), { tag: 0x00280010, vr: 'US', value: asciiBytes(marker) }],
      pixels(asciiBytes(marker.repeat(4))),
    ),
    explicitLittle,
  ),
});

describe('the findings of damaged files', () => {
  test('fit their schema, have an offset in the file, and tell no value', async () => {
    const damage = fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const bytes = base.slice();
        for (const [position, byte] of changes) bytes[position] = byte;
        const context = { codecs: nodeCodecs, key: projectKey, policy: policyWith() };
        const { findings } = await examineDicom(chunked(bytes), context);
        for (const each of findings) {
          const { offset = 0, message } = Finding.parse({ ...each, file: 0 });
          expect(Number.isSafeInteger(offset)).toBe(true);
          expect(message).not.toMatch(/MARKER/);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('are many for this file: the rules look at it', async () => {
    const { findings } = await examineDicom(chunked(base), {
      codecs: nodeCodecs,
      key: projectKey,
      policy: policyWith(),
    });
    const codes = new Set(findings.map(({ code }) => code));
    expect([...codes]).toEqual(
      expect.arrayContaining(['ValueInvalid', 'UidInvalid', 'AttributeMissing', 'MultiplicityInvalid']),
    );
  });

  test.each([
    ['digits without end', '1'.repeat(20_000_000)],
    ['values without end', '1\\'.repeat(10_000_000)],
    ['spaces without end', `${' '.repeat(20_000_000)}x`],
    ['backslashes without end', '\\'.repeat(20_000_000)],
  ])('come within 3 s of CPU time from %s', async (_, value) => {
    const element = { tag: 0x00200032, vr: 'DS', value: new TextEncoder().encode(value) };
    const data = writeElements(withIdentity(text(0x00080005, 'CS', value.slice(0, 60_000)), element), implicitLittle);
    const bytes = writeFile({ transferSyntax: '1.2.840.10008.1.2', data });
    const before = process.threadCpuUsage();
    const context = { codecs: nodeCodecs, key: projectKey, policy: policyWith() };
    const { findings } = await examineDicom(chunked(bytes, 1_000_000), context);
    expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(3000);
    expect(findings.some(({ tag }) => tag === '(0020,0032)')).toBe(true);
  });

  test.each([
    ['UTF-8', 'ISO_IR 192', 'ü'.repeat(10_000_000)],
    ['UTF-8, in values without end', 'ISO_IR 192', 'ü\\'.repeat(7_000_000)],
    ['escape sequences', '\\ISO 2022 IR 87', '\x1b(B'.repeat(7_000_000)],
  ])('come within 3 s of CPU time from text without end in %s', async (_, characterSet, value) => {
    const comments = { tag: 0x00081070, vr: 'PN', value: new TextEncoder().encode(value) };
    const data = writeElements(withIdentity(text(0x00080005, 'CS', characterSet), comments), implicitLittle);
    const bytes = writeFile({ transferSyntax: '1.2.840.10008.1.2', data });
    const before = process.threadCpuUsage();
    const found = await conformanceOf(bytes);
    expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(3000);
    expect(found.length).toBeGreaterThan(0);
  });
});
