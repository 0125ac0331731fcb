import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openXnat } from './openXnat.ts';

const PYTHON = '/usr/bin/python3';

function hasPyxnat(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import pyxnat'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log('pyxnat (Debian: python3-pyxnat) is absent: its scenario does not run');
    return false;
  }
}

test.runIf(hasPyxnat())(
  'serves all that a pyxnat user does',
  async () => {
    const xnat = await openXnat();
    const script = fileURLToPath(new URL('./scenario.py', import.meta.url));
    const args = [script, xnat.url, 'admin', 'admin-password'];
    const { stdout } = await promisify(execFile)(PYTHON, args);
    await xnat.close();
    expect(stdout).not.toContain('FAIL');
    expect(stdout.match(/^ok /gm)).toHaveLength(30);
  },
  60_000,
);
