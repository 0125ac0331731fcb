import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { stateOf } from './freshBundle.js';

const projectRoot = join(import.meta.dirname, '../../..');

/**
 * Bundles the command line's sources, some hundred and fifty, and answers the folder, which freshBundle knows from then
 * on: a few files load in half the time. Undefined where none can be made or kept; then the sources themselves run.
 */
export async function bundleCli(root = projectRoot): Promise<string | undefined> {
  const dist = join(root, 'dist/cli');
  let unfinished: string | undefined;
  try {
    // first: where nothing can be written, every start would build in vain
    mkdirSync(dist, { recursive: true });
    unfinished = mkdtempSync(join(dist, '.unfinished-'));
    return await bundleInto(root, dist, unfinished);
  } catch {
    if (unfinished !== undefined) rmSync(unfinished, { recursive: true, force: true });
    return undefined;
  }
}

async function bundleInto(root: string, dist: string, unfinished: string): Promise<string> {
  const { build } = await import('esbuild');
  const { metafile } = await build(bundling(root));
  // Looked at before they are read for good: what changes meanwhile is stale at the next start
  const looked = new Map(
    [...Object.keys(metafile.inputs), ...settings].map((path) => [path, stateOf(join(root, path))]),
  );
  const { outputFiles, metafile: used } = await build(bundling(root));
  const hash = createHash('sha256');
  for (const { path, contents } of outputFiles) {
    writeFileSync(join(unfinished, basename(path)), contents);
    hash.update(basename(path)).update(contents);
  }
  // made for this user alone; whoever may run the sources may run what was made of them
  chmodSync(unfinished, 0o755);
  const folder = hash.digest('hex').slice(0, 16);
  putInPlace(unfinished, join(dist, folder));
  keepFromNow(dist);
  writeFileSync(`${unfinished}.json`, JSON.stringify({ folder, sources: statesOf(looked, Object.keys(used.inputs)) }));
  renameSync(`${unfinished}.json`, join(dist, 'bundle.json'));
  removeOld(dist, folder);
  return join(dist, folder);
}

/** By path. What is read for good and was not looked at, since it was imported only meanwhile, is stale at once. */
const statesOf = (looked: ReadonlyMap<string, string | undefined>, used: readonly string[]) =>
  [...new Set([...looked.keys(), ...used])].sort().map((path) => [path, looked.get(path) ?? null]);

/** Files that decide on a bundle without being in it. */
const settings = ['package.json', 'package-lock.json', 'tsconfig.json', 'clients/cli/start/bundleCli.ts'];

const bundling = (root: string) =>
  ({
    absWorkingDir: root,
    entryPoints: [
      'clients/cli/cliProcess.ts',
      'clients/cli/engine/fileWorkerProcess.ts',
      'clients/cli/files/copyHelperProcess.ts',
    ],
    outdir: 'dist/cli',
    // whatever folder they come of, one of them finds another beside it
    entryNames: '[name]',
    write: false,
    metafile: true,
    bundle: true,
    // a command loads what it needs alone
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    ...{ minifyWhitespace: true, minifySyntax: true },
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

/** The one that ran until now may have been made long ago: its time begins when another one takes its place. */
function keepFromNow(dist: string): void {
  try {
    const { folder } = JSON.parse(readFileSync(join(dist, 'bundle.json'), 'utf8'));
    utimesSync(join(dist, String(folder)), new Date(), new Date());
  } catch {
    // there was none
  }
}

const dayMs = 24 * 60 * 60 * 1000;
const keptMs = 30 * dayMs;
/** Whoever works on the sources makes as many in an hour, of 2.5 MB each. */
const keptBundles = 10;

/**
 * A run that goes on, as an upload that is waited for may for days, still loads parts of its own. Those that another one
 * took the place of within a day stay, however many they are.
 */
function removeOld(dist: string, kept: string): void {
  const others = readdirSync(dist)
    .filter((name) => name !== kept && name !== 'bundle.json')
    .map((name) => ({ path: join(dist, name), ageMs: Date.now() - statSync(join(dist, name)).mtimeMs }))
    .sort((left, right) => left.ageMs - right.ageMs);
  for (const [newer, { path, ageMs }] of others.entries()) {
    const mayGo = ageMs > keptMs || (ageMs > dayMs && newer >= keptBundles);
    if (mayGo) rmSync(path, { recursive: true, force: true });
  }
}
