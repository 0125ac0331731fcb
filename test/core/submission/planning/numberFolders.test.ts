import { expect, test } from 'vitest';
import { limits } from '../../../../core/policy/limits.ts';
import { numberFolders } from '../../../../core/submission/planning/numberFolders.ts';

const numbered = (...paths: string[]) => [...numberFolders(paths.map((path, file) => ({ path, file }))).values()];

test.each([
  { why: 'a file in no folder is in the one above all', paths: ['a'], folders: [[0]] },
  { why: 'the innermost comes first', paths: ['x/y/a'], folders: [[0, 1, 2]] },
  { why: 'files of one folder share all', paths: ['x/a', 'x/b', 'y/c', 'd'], folders: [[0, 1], [0, 1], [2, 1], [1]] },
  { why: 'names of files are no folders', paths: ['x', 'x/x', 'x/x/x'], folders: [[0], [1, 0], [2, 1, 0]] },
  {
    why: 'case tells folders apart',
    paths: ['x/a', 'X/a'],
    folders: [
      [0, 1],
      [2, 1],
    ],
  },
  {
    why: 'empty names are names',
    paths: ['/a', '//a'],
    folders: [
      [0, 1],
      [2, 0, 1],
    ],
  },
])('$why', ({ paths, folders }) => {
  expect(numbered(...paths)).toEqual(folders);
});

test('of a path without end some levels are told', () => {
  expect(numbered(`${'x/'.repeat(2000)}a`)[0]).toHaveLength(limits.folderLevels);
});
