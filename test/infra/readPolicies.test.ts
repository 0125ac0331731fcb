import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readPolicies } from '../../infra/readPolicies.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policies-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the policies of this deployment can be read', () => {
  expect(readPolicies().map(({ project }) => project)).toContain('DEMO');
});

test.each([
  { why: 'is no JSON', text: '{"project": "P" "sites": []}' },
  { why: 'has a key that no policy has', text: '{"project": "P", "pausd": true}' },
])('a policy that $why is refused with the name of its file', async ({ text }) => {
  await writeFile(join(folder, 'P.json'), text);
  expect(() => readPolicies(pathToFileURL(`${folder}/`))).toThrow(
    expect.objectContaining({ name: 'PolicyInvalid', message: expect.stringMatching(/^P\.json: /) }),
  );
});
