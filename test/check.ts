import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** `npm run check`: what must hold of the code itself. Ends with how many checks passed and failed. */
const root = join(import.meta.dirname, '..');
const checks = [
  { title: 'types', command: ['node_modules/typescript/bin/tsc', '-p', '.', '--noEmit'] },
  { title: 'style', command: ['node_modules/@biomejs/biome/bin/biome', 'check'] },
  { title: 'architecture', command: ['node_modules/vitest/vitest.mjs', 'run', 'test/architecture'] },
];

const outcomes = checks.map(({ title, command }) => {
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  console.log(`${title}: ${status === 0 ? 'passed' : 'failed'}`);
  return status === 0;
});
const passed = outcomes.filter((isPassed) => isPassed).length;
console.log(`${passed} passed, ${outcomes.length - passed} failed`);
process.exitCode = passed === outcomes.length ? 0 : 1;
