import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleHandlers } from '../../infra/bundleHandlers.ts';
import { functionNames } from '../../infra/functionSettings.ts';
import { readPolicies } from '../../infra/readPolicies.ts';

// Outside the repository no package can be resolved, as in Lambda
const into = mkdtempSync(join(tmpdir(), 'airlock-bundles-'));
afterAll(() => rmSync(into, { recursive: true }));
beforeAll(() => bundleHandlers({ into, policies: readPolicies() }));

test('every bundle loads by itself, with no environment set, and has a handler', async () => {
  const script = `for (const name of ${JSON.stringify(functionNames)}) {
    const { handler } = await import('./' + name + '/index.mjs');
    console.log(name, typeof handler);
  }`;
  const args = ['--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: into, env: {} });
  expect(stdout.trim().split('\n')).toEqual(functionNames.map((name) => `${name} function`));
});

test('the project policies lie beside each bundle, with their defaults filled in', () => {
  for (const name of functionNames) {
    const policies: unknown = JSON.parse(readFileSync(join(into, name, 'projects.json'), 'utf8'));
    expect(policies).toEqual([expect.objectContaining({ project: 'DEMO', sites: ['demo'], onHeldFile: 'continue' })]);
  }
});
