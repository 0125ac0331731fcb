import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import dicomParser from 'dicom-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examineDicom } from '../../../core/deid/examineDicom.ts';
import { pixelDigest } from '../../../core/dicom/pixelDigest.ts';
import type { ProjectPolicy } from '../../../core/policy/ProjectPolicy.ts';
import { corpusFiles, hasCorpus } from '../../fixtures/corpusFiles.ts';
import { chunked, deidentifyBytes, nodeCodecs, policyWith, projectKey } from '../../fixtures/deidContext.ts';
import {
  dciodvfyErrors,
  hasPydicom,
  hasTool,
  unreadByDcmtk,
  unreadByPydicom,
  validatable,
} from '../../fixtures/dicomTools.ts';

const hasDcmdump = hasTool('dcmdump');
const hasDciodvfy = hasTool('dciodvfy');
const absent = Object.entries({
  '../shared/corpus': hasCorpus,
  dcmtk: hasDcmdump,
  dciodvfy: hasDciodvfy,
  pydicom: hasPydicom,
});
for (const [name, isHere] of absent) if (!isHere) console.log(`notice: ${name} is absent, so tests with it do not run`);

type Deid = Partial<ProjectPolicy['deid']>;
const everyOption: Deid = {
  ...{ dates: 'retain', retainUids: true, retainDeviceIdentity: true, retainInstitutionIdentity: true },
  ...{ retainPatientCharacteristics: true, retainSafePrivate: true },
  ...{ cleanDescriptors: true, cleanStructuredContent: true, cleanGraphics: true },
};

const digestOf = (bytes: Uint8Array) => pixelDigest(chunked(bytes, 65_536), nodeCodecs);

async function readOne(path: string, deid: Deid, folder: string) {
  const input = new Uint8Array(readFileSync(path));
  const context = { codecs: nodeCodecs, key: projectKey, policy: policyWith(deid) };
  const examined = await examineDicom(chunked(input, 65_536), context);
  const result = await deidentifyBytes(input, deid, 65_536).catch((error: unknown) => error);
  if (typeof result !== 'object' || result === null || !('bytes' in result) || !(result.bytes instanceof Uint8Array)) {
    return { path, input, examined, refusal: result instanceof Error ? result.name : 'none' };
  }
  const copy = join(folder, `${basename(path)}.dcm`);
  writeFileSync(copy, result.bytes);
  return { path, input, examined, output: result.bytes, copy };
}

describe.runIf(hasCorpus).each<[string, Deid]>([
  ['the default policy', {}],
  ['no dates', { dates: 'remove' }],
  ['every option', everyOption],
])('real files under %s', (name, deid) => {
  const folder = mkdtempSync(join(tmpdir(), 'deid-corpus-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const files: Awaited<ReturnType<typeof readOne>>[] = [];
  const written = () => files.flatMap((each) => ('output' in each && each.output !== undefined ? [each] : []));

  beforeAll(async () => {
    mkdirSync(join(folder, 'logs'));
    for (const path of corpusFiles()) files.push(await readOne(path, deid, folder));
    const refusals = files.flatMap((each) => ('refusal' in each ? [each.refusal] : []));
    const counts = Object.entries(Object.groupBy(refusals, (code) => code ?? '')).map(([code, all]) => [
      code,
      all?.length,
    ]);
    console.log(`${name}: ${written().length} of ${files.length} files are written`, Object.fromEntries(counts));
  }, 60_000);

  test('are clean and whole, or refused by code', () => {
    expect(written().length).toBeGreaterThan(180);
    for (const each of files)
      if ('refusal' in each) expect(each.refusal).toMatch(/^(Not|Dicom|Identity|TransferSyntax|Residual)/);
  });

  test('keep every pixel', async () => {
    for (const { path, input, output, examined } of written()) {
      const before = await digestOf(input);
      expect([path, await digestOf(output)]).toEqual([path, before]);
      // A file that the first reading refuses for another reason has no digest there
      if (examined.dicom !== undefined) expect([path, examined.dicom.pixelSha256]).toEqual([path, before]);
    }
  });

  test('are stable when they come again', async () => {
    for (const { path, output } of written()) {
      const again = await deidentifyBytes(output, deid, 65_536);
      expect([path, Buffer.from(again.bytes).equals(Buffer.from(output))]).toEqual([path, true]);
    }
  });

  test('hold no UID, id or name that an independent reader finds in the input', () => {
    for (const { path, input, output } of written()) {
      const all = Buffer.from(output);
      const left = identifiersOf(input, deid).filter((value) => all.includes(value));
      expect([basename(path), left]).toEqual([basename(path), []]);
    }
  });

  test.runIf(hasDcmdump)('are read by dcmtk', () => {
    expect(unreadByDcmtk(written().map(({ copy }) => copy))).toEqual([]);
  });

  test.runIf(hasPydicom)('are read by pydicom where it reads the input', () => {
    const unread = new Set(unreadByPydicom(written().map(({ path }) => path)));
    expect(unreadByPydicom(written().flatMap(({ path, copy }) => (unread.has(path) ? [] : [copy])))).toEqual([]);
  });

  test.runIf(hasDciodvfy && hasDcmdump)('have no error of the validator that they had not', { timeout: 60_000 }, () => {
    const compared = written().map(({ path, copy }) => ({
      name: basename(path),
      before: validatable(path, `${copy}.before`),
      after: validatable(copy, `${copy}.after`),
    }));
    const errors = dciodvfyErrors(
      compared.flatMap(({ before, after }) => [before, after]),
      join(folder, 'logs'),
    );
    const judged = compared.filter(({ before }) => errors.get(before) !== undefined);
    for (const { name, before, after } of judged) {
      const added = [...(errors.get(after) ?? ['the validator fails'])];
      expect([name, added.filter((error) => errors.get(before)?.has(error) !== true)]).toEqual([name, []]);
    }
    // It crashes on five inputs
    expect(judged.length).toBe(compared.length - 5);
  });
});

/** What names one instance, as dicom-parser, a reader that is not ours, finds it; nothing where it cannot read. */
function identifiersOf(bytes: Uint8Array, { retainUids = false }: Deid): string[] {
  const tags = ['x00100020', 'x00100010', ...(retainUids ? [] : ['x00080018', 'x0020000d', 'x0020000e'])];
  try {
    const set = dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' });
    const values = tags.map((tag) => set.string(tag) ?? '');
    return values.filter((value) => value.length >= 6 && !value.startsWith('1.2.840.10008.'));
  } catch {
    return [];
  }
}
