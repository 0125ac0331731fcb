import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codesPage } from '../../../infra/docs/codesPage.ts';

test('docs/codes.md tells every code of the catalogues as they are', () => {
  expect(readFileSync(new URL('../../../docs/codes.md', import.meta.url), 'utf8')).toBe(codesPage());
});
