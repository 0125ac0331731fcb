import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { synthesizeCtSlice } from '../../../core/dicom/synthesizeCt.ts';
import { builtPaths } from '../../../infra/local/buildWhenStale.ts';

/** A small CT study of nobody in a folder of its own. */
export async function writeStudy(folder: string, seed: string, slices = 4): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (let instance = 1; instance <= slices; instance += 1) {
    const bytes = synthesizeCtSlice({ seed, series: 1, instance, rows: 64, columns: 64 });
    await writeFile(join(folder, `${instance}.dcm`), bytes);
  }
  return folder;
}

/** Runs the command line against the machine whose data directory this is; answers its events and exit code. */
export async function runCommandLine(dataDir: string, args: string[]) {
  const cli = join(builtPaths.root, 'clients/cli/airlock.js');
  const child = spawn(process.execPath, [cli, ...args, '--json'], {
    env: { ...process.env, AIRLOCK_HOME: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const [out, err] = await Promise.all([child.stdout, child.stderr].map((stream) => stream.toArray()));
  const [code] = await ended;
  const events: Record<string, unknown>[] = String(Buffer.concat(out ?? []))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  return { code, events, errors: String(Buffer.concat(err ?? [])) };
}
