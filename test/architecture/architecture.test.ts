import { describe, expect, test } from 'vitest';
import { coreMayNotName, deidFolders, forbiddenImports, submissionFolders } from './importRules.ts';
import { readSources } from './sources.ts';
import { unusedExports } from './unusedExports.ts';

const sources = readSources();
/** What a folder asks that does not stand above it in its table. */
const circular = (folders: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(folders).flatMap(([folder, asked], at) =>
    asked.filter((each) => !Object.keys(folders).slice(0, at).includes(each)).map((each) => `${folder} asks ${each}`),
  );
/** Folders of sources that no row of a table says anything of; tables ask nobody. */
function unlisted(parent: string, files: readonly string[], folders: Readonly<Record<string, unknown>>): string[] {
  const found = files.flatMap((file) => {
    const [folder, rest] = file.startsWith(`${parent}/`) ? file.slice(parent.length + 1).split('/') : [];
    return folder === undefined || rest === undefined ? [] : [folder];
  });
  return [...new Set(found)].filter((folder) => folder !== 'tables' && !Object.hasOwn(folders, folder));
}
const withoutComments = (source: string) => source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

describe('the project keeps its layout', () => {
  test('every folder imports only what the table allows', () => {
    expect([...sources].flatMap(([file, source]) => forbiddenImports(file, source))).toEqual([]);
  });

  test.each([
    {
      file: 'core/dicom/planted.ts',
      source: "import { readFile } from 'node:fs/promises';",
      why: 'core reads no disk',
    },
    { file: 'core/planted.ts', source: "import '../lambdas/steps/planSubmission.ts';", why: 'core knows no Lambda' },
    {
      file: 'core/deid/identifiers/planted.ts',
      source: "import { planEdits } from '../edits/planEdits.ts';",
      why: 'what is sought does not depend on what is written',
    },
    {
      file: 'core/submission/contracts/planted.ts',
      source: "import type { Bytes } from '../ports.ts';",
      why: 'what is exchanged knows nothing outside',
    },
    {
      file: 'core/submission/review/planted.ts',
      source: "import { compareEvidence } from '../checking/compareEvidence.ts';",
      why: 'a review knows nothing of what is made by it',
    },
    {
      file: 'core/submission/ports.ts',
      source: "import { advance } from './attempts/advance.ts';",
      why: 'a port knows none of its users',
    },
    {
      file: 'lambdas/steps/planted.ts',
      source: "import { S3Client } from '@aws-sdk/client-s3';",
      why: 'a step knows no SDK',
    },
    {
      file: 'lambdas/steps/planted.ts',
      source: "import { a } from '../adapters/xnatArchive.ts';",
      why: 'a step knows no adapter',
    },
    {
      file: 'web/planted.ts',
      source: "import { a } from '../infra/local/startAirlock.ts';",
      why: 'the portal knows no server',
    },
    {
      file: 'infra/planted.ts',
      source: "import { a } from '../lambdas/steps/planSubmission.ts';",
      why: 'entry paths are strings',
    },
    {
      file: 'infra/local/planted.ts',
      source: "import { a } from '../../test/fakes/memoryLedger.ts';",
      why: 'no product on a fake',
    },
  ])('a planted import is found: $why', ({ file, source }) => {
    expect(forbiddenImports(file, source)).toHaveLength(1);
  });

  test.each([
    { folder: 'core/deid', folders: deidFolders },
    { folder: 'core/submission', folders: submissionFolders },
  ])('the folders of $folder ask those above them alone, and each has its row', ({ folder, folders }) => {
    expect(unlisted(folder, [...sources.keys()], folders)).toEqual([]);
    expect(unlisted(folder, [`${folder}/planted/a.ts`, `${folder}/b.ts`], folders)).toEqual(['planted']);
    expect(circular(folders)).toEqual([]);
    expect(circular({ ...folders, above: ['below'], below: ['above'] })).toEqual(['above asks below']);
  });

  test('core takes time, randomness and network as arguments', () => {
    const named = [...sources]
      .filter(([file]) => file.startsWith('core/'))
      .flatMap(([file, source]) =>
        coreMayNotName.filter((name) => name.test(withoutComments(source))).map((name) => `${file} ${name}`),
      );
    expect(named).toEqual([]);
    expect(coreMayNotName.some((name) => name.test('const at = Date.now();'))).toBe(true);
  });

  test('process.env is read in one file of the Lambdas', () => {
    const readers = [...sources.keys()].filter(
      (file) => file.startsWith('lambdas/') && /process\.env/.test(sources.get(file) ?? ''),
    );
    expect(readers).toEqual(['lambdas/runtime/environment.ts']);
  });

  test('every export is used by another file', () => {
    expect(unusedExports(sources)).toEqual([]);
    expect(unusedExports(new Map([['core/planted.ts', 'export const nobodyNamesThis = 1;']]))).toHaveLength(1);
  });

  test('no file says nothing by its name, and none is longer than 300 lines but tables', () => {
    const names = [...sources.keys()].filter((file) =>
      /(^|\/)(utils?|helpers?|common|shared|lib|misc|services?|managers?)(\/|\.)/.test(file),
    );
    expect(names).toEqual([]);
    const long = [...sources].filter(([file, source]) => !file.includes('/tables/') && source.split('\n').length > 301);
    expect(long.map(([file]) => file)).toEqual([]);
  });
});
