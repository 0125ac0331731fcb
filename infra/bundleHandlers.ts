import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import type { ProjectPolicy } from '../core/policy/ProjectPolicy.ts';
import { functionNames, functionSettings } from './functionSettings.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Bundles every handler, SDK included, to `<into>/<name>/index.mjs`, with the project policies beside it. The Lambda
 * runtime's own SDK is left alone: it lags, and one machine has none.
 */
export async function bundleHandlers({ into, policies }: { into: string; policies: ProjectPolicy[] }): Promise<void> {
  await build(bundling(into));
  for (const name of functionNames) writeFileSync(join(into, name, 'projects.json'), JSON.stringify(policies));
}

const bundling = (into: string): BuildOptions => ({
  entryPoints: functionNames.map((name) => ({
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
