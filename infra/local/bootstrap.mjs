// Runs a script with the Node of this project, which npm installs: the Node that runs this file may be an older one.
// Usage: node infra/local/bootstrap.mjs <script> [arguments]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const node = join(root, 'node_modules', '.bin', 'node');

if (isInstallStale()) {
  process.stderr.write('Installing packages (npm ci)\n');
  const { status } = spawnSync('npm', ['ci'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

const child = spawn(node, process.argv.slice(2), { cwd: root, stdio: 'inherit', env: withNodeFirst() });
// a terminal sends its signals to the child too; others reach it from here
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));

/** npm writes its own lock file last, so that an install that was cut off counts as stale. */
function isInstallStale() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed) || !existsSync(node)) return true;
  return statSync(installed).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs;
}

/** So that `node` is this project's in everything the script starts. */
function withNodeFirst() {
  const separator = process.platform === 'win32' ? ';' : ':';
  return { ...process.env, PATH: [dirname(node), process.env.PATH].join(separator) };
}
