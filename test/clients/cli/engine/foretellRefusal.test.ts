import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanFile } from '../../../../clients/cli/engine/cleanFile.ts';
import { examineFile } from '../../../../clients/cli/engine/examineFile.ts';
import { synthesizeCtSlice } from '../../../../core/dicom/synthesizeCt.ts';
import { limits } from '../../../../core/policy/limits.ts';
import { brokenFiles, fileOf, implicitFile } from '../../../fixtures/brokenFiles.ts';
import { labels, policyWith, projectKey } from '../../../fixtures/deidContext.ts';
import { seededNumbers } from '../../../fixtures/mutateBytes.ts';
import { implicitLittle, type TestElement, withIdentity, writeElements } from '../../../fixtures/writeDicom.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'airlock-foretell-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const wants = { wantsChanges: false, wantsValues: false, wantsIdentity: false, sparesCore: false };

/** What validate and deid say of one file. */
async function bothOf(bytes: Uint8Array, deid: Parameters<typeof policyWith>[0] = {}) {
  const source = join(folder, 'in.dcm');
  writeFileSync(source, bytes);
  const project = { policy: policyWith(deid), key: projectKey };
  const file = { path: 'in.dcm', sizeBytes: bytes.length, source };
  const { fact, findings } = await examineFile({ number: 3, file, onlyDeciding: false }, project);
  const task = { number: 3, file, labels, out: folder, name: 'out/x.dcm', ...wants };
  const cleaned = await cleanFile(task, project, new AbortController().signal);
  return {
    told: findings.filter(({ disposition }) => disposition !== 'accept').map(({ code }) => code),
    disposition: fact.disposition,
    left: cleaned.outcome === 'left' ? cleaned.code : undefined,
    findings,
  };
}

const name: TestElement = { tag: 0x00100010, vr: 'PN', value: 'Zzyzxburg^Quillabeth' };
const physician = (value: string): TestElement => ({ tag: 0x00081048, vr: 'PN', value });
const manyNames = Array.from({ length: limits.dicomNamingBytes / 32 }, (_, number) => [
  physician(`Zz${number}burg^Quillabeth${number}^of the hospital`),
]);
const comment: TestElement = { tag: 0x00204000, vr: 'UT', value: 'head scan '.repeat(limits.dicomTextBytes / 8) };

describe('airlock validate says of a file what airlock deid would', () => {
  test.each(brokenFiles)('that is broken: $code, $why', async ({ bytes, code }) => {
    const { told, left } = await bothOf(bytes);
    expect({ left, isTold: told.includes(code) }).toEqual({ left: code, isTold: true });
  });

  test.each<{ code: string; why: string; bytes: Uint8Array; deid?: Parameters<typeof policyWith>[0] }>([
    {
      code: 'ResidualIdentifier',
      why: 'a name in an element that stays',
      bytes: fileOf(name, { tag: 0x00081090, vr: 'LO', value: 'made for QUILLABETH' }),
    },
    {
      code: 'DicomTooManyNames',
      why: 'more names than can be kept out',
      bytes: fileOf({ tag: 0x00400275, vr: 'SQ', items: manyNames }),
    },
    {
      code: 'DicomTextTooLong',
      why: 'a name that is longer than a text may be',
      bytes: implicitFile(
        writeElements(withIdentity(physician('Zzyzx^'.repeat(limits.dicomTextBytes / 4))), implicitLittle),
      ),
    },
    {
      code: 'DicomTextTooLong',
      why: 'a comment that is longer than can be cleaned',
      bytes: fileOf(comment),
      deid: { cleanDescriptors: true },
    },
  ])('that cannot be de-identified: $code, $why', async ({ code, bytes, deid }) => {
    const { told, left, disposition, findings } = await bothOf(bytes, deid);
    expect({ told, left }).toEqual({ told: [code], left: code });
    expect(disposition).not.toBe('accept');
    expect(findings.find((each) => each.code === code)).toMatchObject({ file: 3 });
    expect(JSON.stringify(findings)).not.toMatch(/Quillabeth|Zzyzx/i);
  });

  test('that is sound, and of 300 that are damaged', async () => {
    const slice = synthesizeCtSlice({ seed: 'foretell', series: 1, instance: 1, rows: 4, columns: 4 });
    const numbers = seededNumbers(20_261_128);
    const outcomes = new Set<string>();
    for (let round = 0; round < 300; round += 1) {
      const bytes = slice.slice();
      if (round > 0) bytes[numbers.below(slice.length)] = numbers.below(256);
      const { told, left } = await bothOf(bytes);
      outcomes.add(left ?? 'written');
      if (left !== undefined) expect(told, `round ${round}`).toContain(left);
    }
    expect(outcomes).toContain('written');
    expect(outcomes.size).toBeGreaterThan(2);
  });
});
