import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { namingTexts, withoutRepeats } from '../../../core/deid/namingTexts.ts';

const root = join(import.meta.dirname, '../../..');

/** A file of one sequence, each item of which names the same person, is searched for names. */
const script = `
  const { harvestIdentifiers } = await import('./core/deid/harvestIdentifiers.ts');
  const { readDicom } = await import('./core/dicom/readDicom.ts');
  const { policyWith } = await import('./test/fixtures/deidContext.ts');
  const { implicitLittle, writeFile, writeHeader, writeElements } = await import('./test/fixtures/writeDicom.ts');
  const name = writeElements([{ tag: 0x00081050, vr: 'PN', value: 'ZZYZX^ABCD' }], implicitLittle);
  const item = Buffer.concat([writeHeader(0xfffee000, name.length, implicitLittle), name]);
  const items = Buffer.alloc(600_000 * item.length, item);
  const data = Buffer.concat([writeHeader(0x00400275, items.length, implicitLittle), items]);
  const body = [writeFile({ transferSyntax: '1.2.840.10008.1.2', data })];
  const file = await readDicom(async function* () { yield* body; }(), {});
  const found = harvestIdentifiers(file, { policy: policyWith({}), rules: new Map(), isOwnOutput: false });
  console.log([...found.words].join(' '));
`;

test('a file that names one person 600,000 times takes the memory of one name', () => {
  const limits = ['--max-old-space-size=64', '--input-type=module', '--eval', script];
  expect(execFileSync(process.execPath, limits, { cwd: root, encoding: 'utf8' }).trim()).toBe('zzyzx abcd');
});

test('repeats change nothing in what is looked for', () => {
  const values = ['ZZYZX^A', 'QUUX^B', 'ZZYZX^A'].map((text) => ({ kind: 'name' as const, text, characterSet: '' }));
  expect(withoutRepeats(values).map(({ text }) => text)).toEqual(['ZZYZX^A', 'QUUX^B']);
  expect(namingTexts(values)).toEqual(namingTexts(withoutRepeats(values)));
});
