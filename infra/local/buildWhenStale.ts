import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { holdDirectory } from './holdDirectory.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What is built, from what, and how. */
const builds = [
  {
    title: 'the CDK app',
    output: 'cdk.out/manifest.json',
    sources: ['core', 'lambdas', 'infra', 'package-lock.json'],
    // this target reads the template; it is no part of it
    isSource: (path: string) => !path.startsWith('infra/local'),
    command: ['infra/app.ts'],
  },
  {
    title: 'the portal',
    output: 'dist/web/index.html',
    sources: ['core', 'web', 'package-lock.json'],
    isSource: () => true,
    command: ['node_modules/vite/bin/vite.js', 'build', 'web', '--logLevel', 'warn'],
  },
];

export const builtPaths = { template: join(root, 'cdk.out'), web: join(root, 'dist/web'), root };

/**
 * Synthesizes and builds what is older than its sources; of several processes that ask at once, one does it. Throws
 * when a build fails.
 */
export async function buildWhenStale(log: (line: string) => void = () => undefined): Promise<void> {
  const release = await takeTurn();
  try {
    await buildAll(log);
  } finally {
    release();
  }
}

async function buildAll(log: (line: string) => void): Promise<void> {
  for (const { title, output, sources, isSource, command } of builds) {
    if (!isStale(output, sources, isSource)) continue;
    log(`Building ${title}`);
    const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`Cannot build ${title}: its build ended with exit code ${code}`);
  }
}

const pollMs = 200;

async function takeTurn(): Promise<() => void> {
  mkdirSync(join(root, 'dist'), { recursive: true });
  for (;;) {
    try {
      return holdDirectory(join(root, 'dist'));
    } catch {
      await setTimeout(pollMs);
    }
  }
}

function isStale(output: string, sources: string[], isSource: (path: string) => boolean): boolean {
  const path = join(root, output);
  if (!existsSync(path)) return true;
  const builtMs = statSync(path).mtimeMs;
  return sources.some((source) => newestMs(source, isSource) > builtMs);
}

function newestMs(path: string, isSource: (path: string) => boolean): number {
  if (!isSource(path)) return 0;
  const found = statSync(join(root, path));
  if (!found.isDirectory()) return found.mtimeMs;
  const entries = readdirSync(join(root, path)).map((name) => newestMs(join(path, name), isSource));
  return Math.max(0, ...entries);
}
