import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { harvestIdentifiers } from '../../../core/deid/identifiers/harvestIdentifiers.ts';
import { namingTexts, withoutRepeats } from '../../../core/deid/identifiers/namingTexts.ts';
import { readDicom } from '../../../core/dicom/readDicom.ts';
import { chunked, nodeCodecs, policyWith } from '../../fixtures/deidContext.ts';
import { explicitLittle, type TestElement, writeElements, writeFile } from '../../fixtures/writeDicom.ts';

const root = join(import.meta.dirname, '../../..');

/** A file of one sequence, each item of which names the same person, is searched for names. */
const script = `
  const { harvestIdentifiers } = await import('./core/deid/identifiers/harvestIdentifiers.ts');
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

test('of a file of many days the first are looked for as people write them, and all as eight digits', async () => {
  const dayOf = (number: number) => new Date(Date.UTC(1950, 0, 1 + number)).toISOString().slice(0, 10);
  const days = Array.from({ length: 20_000 }, (_, number) => dayOf(number));
  const items = days.map((day): TestElement[] => [{ tag: 0x00080020, vr: 'DA', value: day.replaceAll('-', '') }]);
  const born: TestElement = { tag: 0x00100030, vr: 'DA', value: '19490705' };
  const data = writeElements([{ tag: 0x00081110, vr: 'SQ', items }, born], explicitLittle);
  const file = await readDicom(chunked(writeFile({ data })), nodeCodecs);
  const policy = policyWith();
  const { texts, dates } = harvestIdentifiers(file, { policy, rules: new Map(), isOwnOutput: false });
  expect(days.filter((day) => !dates.has(day.replaceAll('-', '')))).toEqual([]);
  expect(texts).toContain(days[0]);
  expect(texts).toContain('1949-07-05');
  expect(texts.size).toBeLessThan(60_000);
});
