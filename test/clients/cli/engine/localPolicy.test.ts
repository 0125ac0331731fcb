import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { localPolicy } from '../../../../clients/cli/engine/localPolicy.ts';
import { ProjectPolicy } from '../../../../core/policy/ProjectPolicy.ts';

describe('the policy of a run without a profile', () => {
  test('is what the schema makes of a project that says nothing', () => {
    expect(localPolicy).toEqual(ProjectPolicy.parse({ project: 'LOCAL', xnatProject: 'LOCAL', sites: ['local'] }));
  });

  test.each([
    { command: 'deid', schemas: false },
    { command: 'validate', schemas: false },
    { command: 'upload', schemas: true },
  ])('$command loads schemas at once: $schemas', async ({ command, schemas }) => {
    const loaded = await loadedWith(`clients/cli/commands/${command}.ts`);
    expect(loaded).toContain(`clients/cli/commands/${command}.ts`);
    expect(loaded.some((path) => path.startsWith('node_modules/zod/'))).toBe(schemas);
  });
});

/** The sources that a module is bundled with, without what is loaded later when it is asked for. */
async function loadedWith(entry: string): Promise<string[]> {
  const { outputs } = (
    await build({
      absWorkingDir: join(import.meta.dirname, '../../../..'),
      entryPoints: [entry],
      outdir: 'dist',
      ...{ bundle: true, splitting: true, write: false, metafile: true },
      ...{ platform: 'node', format: 'esm', mainFields: ['module', 'main'], logLevel: 'silent' },
    })
  ).metafile;
  const seen = new Set(Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === entry));
  for (const path of seen) {
    for (const { path: next, kind } of outputs[path]?.imports ?? []) if (kind === 'import-statement') seen.add(next);
  }
  return [...seen].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
}
