import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { stateOf } from './freshBundle.js';

const projectRoot = join(import.meta.dirname, '../..');

/**
 * Bundles the command line's sources, some hundred and fifty, and answers the folder, which freshBundle knows from then
 * on: a few files load in half the time. Undefined where none can be made or kept; then the sources themselves run.
 */
export async function bundleCli(root = projectRoot): Promise<string | undefined> {
  try {
    const { build } = await import('esbuild');
    const { metafile } = await build(bundling(root));
    // Looked at before they are read for good: what changes meanwhile is stale at the next start
    const sources = [...Object.keys(metafile.inputs), ...settings].sort().map((path) => stateLine(root, path));
    const { outputFiles } = await build(bundling(root));
    const dist = join(root, 'dist/cli');
    mkdirSync(dist, { recursive: true });
    const unfinished = mkdtempSync(join(dist, '.unfinished-'));
    const hash = createHash('sha256');
    for (const { path, contents } of outputFiles) {
      writeFileSync(join(unfinished, basename(path)), contents);
      hash.update(basename(path)).update(contents);
    }
    const folder = hash.digest('hex').slice(0, 16);
    putInPlace(unfinished, join(dist, folder));
    writeFileSync(`${unfinished}.json`, JSON.stringify({ folder, sources }));
    renameSync(`${unfinished}.json`, join(dist, 'bundle.json'));
    removeOld(dist, folder);
    return join(dist, folder);
  } catch {
    return undefined;
  }
}

/** Files that decide on a bundle without being in it. */
const settings = ['package.json', 'package-lock.json', 'tsconfig.json', 'clients/cli/bundleCli.ts'];

const stateLine = (root: string, path: string) => [path, stateOf(join(root, path))];

const bundling = (root: string) =>
  ({
    absWorkingDir: root,
    entryPoints: ['clients/cli/cliProcess.ts', 'clients/cli/fileWorkerProcess.ts'],
    outdir: 'dist/cli',
    write: false,
    metafile: true,
    bundle: true,
    // a command loads what it needs alone
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    mainFields: ['module', 'main'],
    // CommonJS inside an ES module still calls require for Node's own modules
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'silent',
  }) as const satisfies BuildOptions;

/** Named by what is in it, so that no run ever has parts of two. */
function putInPlace(unfinished: string, folder: string): void {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // the same is there already, from another start
    if (stateOf(folder) === undefined) throw error;
  }
}

const dayMs = 24 * 60 * 60 * 1000;

/** A run that goes on may still load from one of a few hours ago. */
function removeOld(dist: string, kept: string): void {
  for (const name of readdirSync(dist)) {
    const path = join(dist, name);
    if (name === kept || name === 'bundle.json' || statSync(path).mtimeMs > Date.now() - dayMs) continue;
    rmSync(path, { recursive: true, force: true });
  }
}
