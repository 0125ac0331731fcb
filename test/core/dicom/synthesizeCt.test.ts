import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import { describe, expect, test } from 'vitest';
import { synthesizeCtSlice } from '../../../core/dicom/synthesizeCt.ts';
import { deidentifyBytes } from '../../fixtures/deidContext.ts';
import { dciodvfyErrors, hasTool } from '../../fixtures/dicomTools.ts';

const sliceOf = (seed: string, instance: number) =>
  synthesizeCtSlice({ seed, series: 1, instance, rows: 64, columns: 64 });
const text = (bytes: Uint8Array, tag: string) => dicomParser.parseDicom(bytes).string(tag);

const hasDciodvfy = hasTool('dciodvfy');
if (!hasDciodvfy) console.log('validation of synthetic slices is left out: there is no dciodvfy');

describe('synthesizeCtSlice', () => {
  test('gives equal bytes for equal arguments, other slices and studies for others', () => {
    expect(sliceOf('a', 1)).toEqual(sliceOf('a', 1));
    expect(text(sliceOf('a', 1), 'x00080018')).not.toBe(text(sliceOf('a', 2), 'x00080018'));
    expect(text(sliceOf('a', 1), 'x0020000d')).toBe(text(sliceOf('a', 2), 'x0020000d'));
    expect(text(sliceOf('a', 1), 'x0020000d')).not.toBe(text(sliceOf('b', 1), 'x0020000d'));
  });

  test('makes half a megabyte of 512 by 512 pixels', () => {
    const { length } = synthesizeCtSlice({ seed: 'a', series: 1, instance: 1 });
    expect(length).toBeGreaterThan(512 * 512 * 2);
    expect(length).toBeLessThan(512 * 512 * 2 + 4096);
  });

  test('can be de-identified for any seed: none of its names stands in a kept element by chance', async () => {
    for (let seed = 0; seed < 100; seed += 1) {
      await expect(deidentifyBytes(sliceOf(`seed ${seed}`, 1))).resolves.toHaveProperty('instance');
    }
  });

  test.runIf(hasDciodvfy)('is valid before and after de-identification', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'synthetic-ct-'));
    const before = join(folder, 'before.dcm');
    const after = join(folder, 'after.dcm');
    writeFileSync(before, sliceOf('valid', 1));
    writeFileSync(after, (await deidentifyBytes(sliceOf('valid', 1))).bytes);
    const errors = dciodvfyErrors([before, after], folder);
    expect([...errors.values()]).toEqual([new Set(), new Set()]);
    rmSync(folder, { recursive: true });
  });
});
