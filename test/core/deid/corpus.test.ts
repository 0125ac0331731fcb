import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import dicomParser from 'dicom-parser';
import { afterAll, describe, expect, test } from 'vitest';
import { examineDicom } from '../../../core/deid/examineDicom.ts';
import { pixelDigest } from '../../../core/dicom/pixelDigest.ts';
import { corpusFiles, hasCorpus } from '../../fixtures/corpusFiles.ts';
import { chunked, deidentifyBytes, nodeCodecs, policyWith, projectKey } from '../../fixtures/deidContext.ts';
import { dciodvfyErrors, dcmdumpReads, hasTool } from '../../fixtures/dicomTools.ts';

if (!hasCorpus) console.log('corpus tests are left out: there is no ../shared/corpus');
const hasDcmdump = hasTool('dcmdump');
const hasDciodvfy = hasTool('dciodvfy');

const folder = mkdtempSync(join(tmpdir(), 'deid-corpus-'));
afterAll(() => rmSync(folder, { recursive: true }));

const files = hasCorpus ? corpusFiles() : [];
const digestOf = (bytes: Uint8Array) => pixelDigest(chunked(bytes, 65_536), nodeCodecs);
const examine = (bytes: Uint8Array) =>
  examineDicom(chunked(bytes, 1000), { codecs: nodeCodecs, key: projectKey, policy: policyWith() });

/** UIDs of one instance as dicom-parser, a reader that is not ours, finds them. */
function identifiersOf(bytes: Uint8Array): string[] {
  const set = dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' });
  const tags = ['x00080018', 'x0020000d', 'x0020000e', 'x00100020', 'x00100010'];
  return tags
    .map((tag) => set.string(tag) ?? '')
    .filter((value) => value.length >= 6 && !value.startsWith('1.2.840.10008.'));
}

describe.runIf(hasCorpus)('on the public corpus', () => {
  const counts = new Map<string, number>();
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  afterAll(() => console.log('corpus:', Object.fromEntries([...counts].sort())));

  test.each(files.map((path) => [basename(path), path]))(
    '%s is clean and whole, or refused by code',
    async (_, path) => {
      const input = readFileSync(path);
      const { findings, dicom } = await examine(input);
      for (const { code } of findings) count(`finding ${code}`);
      const result = await deidentifyBytes(input).catch((error: unknown) => error);
      if (result instanceof Error) {
        count(`refused ${result.name}`);
        expect(result.name).toMatch(/^(Not|Dicom|Residual)/);
        return;
      }
      if (typeof result !== 'object' || result === null || !('bytes' in result))
        throw new Error('Cannot read a result');
      const output = result.bytes instanceof Uint8Array ? result.bytes : new Uint8Array(0);
      count('clean');
      expect(await digestOf(output)).toBe(await digestOf(input));
      if (dicom?.pixelSha256 !== undefined) expect(await digestOf(output)).toBe(dicom.pixelSha256);
      const parsed = dicomParser.parseDicom(Buffer.from(output));
      expect(parsed.string('x00120062')).toBe('YES');
      const again = await examine(output);
      const refusals = (each: typeof findings) =>
        each.flatMap(({ code, disposition }) => (disposition === 'refuse' ? [code] : []));
      expect(refusals(again.findings)).toEqual(refusals(findings));
      expect(again.findings.map(({ code }) => code)).toContain('AlreadyDeidentified');
      await expect(deidentifyBytes(output)).resolves.toHaveProperty('instance');
      if (hasDcmdump) {
        const copy = join(folder, 'output.dcm');
        writeFileSync(copy, output);
        expect(dcmdumpReads(copy)).toBe(true);
      }
    },
  );

  test('leaves no UID, id or name that an independent reader finds in the input', async () => {
    for (const path of files) {
      const input = readFileSync(path);
      const output = await deidentifyBytes(input).then(
        ({ bytes }) => Buffer.from(bytes),
        () => undefined,
      );
      // dicom-parser refuses some inputs, and deflated ones are compared inflated elsewhere
      if (output === undefined || !isReadable(input)) continue;
      const left = identifiersOf(input).filter((value) => output.includes(value));
      expect([basename(path), left]).toEqual([basename(path), []]);
    }
  });

  test.runIf(hasDciodvfy)('makes no file less valid than it was', async () => {
    // dciodvfy reads no deflated data, and stops early on the private sequence of one input
    const sample = files.filter((path, i) => i % 3 === 0 && !/dfl|privateTag/.test(path));
    for (const path of sample) {
      const result = await deidentifyBytes(readFileSync(path)).catch(() => undefined);
      const before = result && dciodvfyErrors(path);
      if (result === undefined || before === undefined) continue;
      const copy = join(folder, 'checked.dcm');
      writeFileSync(copy, result.bytes);
      const added = [...(dciodvfyErrors(copy) ?? ['the validator fails'])].filter((error) => !before.has(error));
      expect([basename(path), added.filter((error) => !isKnown(error))]).toEqual([basename(path), []]);
    }
  });
});

function isReadable(bytes: Uint8Array): boolean {
  try {
    dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' });
    return true;
  } catch {
    return false;
  }
}

/** The profile removes the optional top-level references that this element repeats. */
const isKnown = (error: string) => error.includes('ReferencedSeriesSequence present but Instance does not reference');
