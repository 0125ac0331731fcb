import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import type { ProjectPolicy } from '../core/policy/ProjectPolicy.ts';
import { type FunctionName, functionNames, functionSettings } from './functionSettings.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Bundles every handler, SDK included, to `<into>/<name>/index.mjs`, with the project policies beside it. The Lambda
 * runtime's own SDK is left alone: it lags, and one machine has none.
 */
export async function bundleHandlers({ into, policies }: { into: string; policies: ProjectPolicy[] }): Promise<void> {
  if (process.env.AIRLOCK_ALLOW_MISSING_HANDLERS === undefined) await build(bundling(into, functionNames));
  else await Promise.all(functionNames.map((name) => bundleOrReplace(into, name)));
  for (const name of functionNames) {
    mkdirSync(join(into, name), { recursive: true });
    writeFileSync(join(into, name, 'projects.json'), JSON.stringify(policies));
  }
}

const bundling = (into: string, names: readonly FunctionName[]): BuildOptions => ({
  entryPoints: names.map((name) => ({
    in: join(root, 'lambdas', functionSettings[name].folder, `${name}.ts`),
    out: `${name}/index`,
  })),
  outdir: into,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  mainFields: ['module', 'main'],
  minify: false,
  sourcemap: false,
  // CommonJS dependencies inside an ES module still call require for Node's own modules
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'error',
});

async function bundleOrReplace(into: string, name: FunctionName): Promise<void> {
  const [result] = await Promise.allSettled([build({ ...bundling(into, [name]), logLevel: 'silent' })]);
  if (result?.status === 'fulfilled') return;
  mkdirSync(join(into, name), { recursive: true });
  writeFileSync(join(into, name, 'index.mjs'), `throw new Error('There is no handler ${name} yet');\n`);
}
