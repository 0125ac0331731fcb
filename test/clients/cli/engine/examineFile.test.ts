import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examineFile } from '../../../../clients/cli/engine/examineFile.ts';
import { examineDicom } from '../../../../core/deid/examineDicom.ts';
import { synthesizeCtSlice } from '../../../../core/dicom/synthesizeCt.ts';
import { ProjectPolicy } from '../../../../core/policy/ProjectPolicy.ts';
import { chunked, nodeCodecs, policyWith, projectKey } from '../../../fixtures/deidContext.ts';
import { seededNumbers } from '../../../fixtures/mutateBytes.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'airlock-examine-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const project = { policy: policyWith(), key: projectKey };
const slice = synthesizeCtSlice({ seed: 'examine', series: 1, instance: 1, rows: 64, columns: 64 });
const damagedAt = (position: number, byte: number) => {
  const bytes = slice.slice();
  bytes[position] = byte;
  return bytes;
};
const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** From the disk, where native pixels are gone over and not read, and as the pipeline reads it, to its end. */
async function bothReadings(bytes: Uint8Array) {
  const source = join(folder, 'file.dcm');
  writeFileSync(source, bytes);
  const onDisk = await examineFile(
    { number: 0, file: { path: 'file.dcm', sizeBytes: 0, source }, onlyDeciding: false },
    project,
  );
  const { findings, dicom } = await examineDicom(chunked(bytes, 700), { codecs: nodeCodecs, ...project });
  const { pixelSha256: _, ...fact } = dicom ?? { pixelSha256: undefined };
  return {
    onDisk: { findings: onDisk.findings.map(({ file: __, ...rest }) => rest), dicom: onDisk.fact.dicom },
    whole: { findings, dicom: dicom === undefined ? undefined : fact },
    sizeBytes: onDisk.fact.sizeBytes,
  };
}

describe('a file whose pixels are gone over is judged as one that is read', () => {
  test.each<[string, Uint8Array]>([
    ['whole', slice],
    ['without its last byte', slice.subarray(0, -1)],
    ['cut in its pixels', slice.subarray(0, -5000)],
    ['cut in its head', slice.subarray(0, 700)],
    ['with bytes behind its pixels', joined(slice, Buffer.from('PATIENT: ZZYZX'))],
    ['with zeros behind its pixels', joined(slice, new Uint8Array(300))],
    [
      'with an element behind its pixels',
      joined(slice, Uint8Array.of(0xfc, 0xff, 0xfc, 0xff, 0x4f, 0x42, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4)),
    ],
  ])('%s', async (_, bytes) => {
    const { onDisk, whole, sizeBytes } = await bothReadings(bytes);
    expect(onDisk).toStrictEqual(whole);
    expect(sizeBytes).toBe(bytes.length);
  });

  test('with pixels behind those of the image, which no viewer shows', async () => {
    const rows = Buffer.from(slice).indexOf(Uint8Array.of(0x28, 0, 0x10, 0, 0x55, 0x53, 2, 0)) + 8;
    const { onDisk, whole } = await bothReadings(damagedAt(rows, 1));
    expect(onDisk).toStrictEqual(whole);
    expect(onDisk.findings.map(({ code }) => code)).toContain('PixelsFollowed');
  });

  test('in 300 damaged states', async () => {
    const numbers = seededNumbers(20_261_126);
    for (let round = 0; round < 300; round += 1) {
      const damaged = damagedAt(numbers.below(slice.length - 64 * 64 * 2), numbers.below(256));
      const { onDisk, whole } = await bothReadings(damaged.subarray(0, damaged.length - numbers.below(3)));
      expect(onDisk, `round ${round}`).toStrictEqual(whole);
    }
  });
});

describe('where nobody reads what only informs', () => {
  test.each([
    ['by the defaults', {}],
    [
      'where the project refuses and holds what departs from the standard',
      { ValueInvalid: 'refuse', AttributeMissing: 'hold' },
    ],
  ] as const)('files are decided on as ever, %s', async (_, asked) => {
    const numbers = seededNumbers(20_261_127);
    const policy = ProjectPolicy.parse({ ...policyWith(), findings: asked });
    const decided = { accept: 0, hold: 0, refuse: 0 };
    for (let round = 0; round < 300; round += 1) {
      const source = join(folder, 'decided.dcm');
      writeFileSync(source, damagedAt(numbers.below(slice.length - 64 * 64 * 2), numbers.below(256)));
      const file = { path: 'decided.dcm', sizeBytes: 0, source };
      const [all, few] = await Promise.all(
        [false, true].map((onlyDeciding) => examineFile({ number: 0, file, onlyDeciding }, { ...project, policy })),
      );
      const deciding = all?.findings.filter(({ disposition }) => disposition !== 'accept');
      expect(few?.fact, `round ${round}`).toStrictEqual(all?.fact);
      expect(few?.findings.filter(({ disposition }) => disposition !== 'accept')).toStrictEqual(deciding);
      decided[all?.fact.disposition ?? 'accept'] += 1;
    }
    expect(Math.min(decided.accept, decided.refuse)).toBeGreaterThan(10);
  });
});
