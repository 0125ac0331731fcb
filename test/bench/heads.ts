import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LargeHead, largeHeads } from '../fixtures/largeHeads.ts';
import { benchFolder } from './benchFolder.ts';
import { peakMemoryOf } from './peakMemory.ts';

interface Outcome {
  /** `written`, or the code of the refusal. */
  outcome: string;
  exitCode: number | null;
  seconds: number;
  /** Highest resident memory; 0 where there is no /proc. */
  peakBytes: number;
  /** What was said beside the events. */
  told: string;
}

const airlock = fileURLToPath(new URL('../../clients/cli/airlock.js', import.meta.url));
const lookEveryMs = 20;

/** `npm run bench -- heads`: files whose heads are as large as they may be, through `airlock deid` one by one. */
export async function benchHeads(): Promise<void> {
  const folder = benchFolder();
  try {
    console.log('\nThe largest heads, by airlock deid with both of its readings');
    for (const large of largeHeads) {
      const { outcome, seconds, peakBytes } = await runLargeHead(large, folder);
      const measured = `${seconds.toFixed(1).padStart(5)} s ${(peakBytes / 1e6).toFixed(0).padStart(4)} MB`;
      console.log(`  ${large.shape.padEnd(48)} ${measured}  ${outcome}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** De-identifies one by the command line, in a process of its own. @param folder in which it works */
export async function runLargeHead({ write, deid, options = [] }: LargeHead, folder: string): Promise<Outcome> {
  const own = mkdtempSync(join(folder, 'head-'));
  const files = { input: join(own, 'input.dcm'), profile: join(own, 'profile.json') };
  writeFileSync(files.input, write());
  writeFileSync(files.profile, JSON.stringify({ project: 'P', xnatProject: 'P', sites: ['site'], deid }));
  const start = performance.now();
  const child = spawn(
    process.execPath,
    [airlock, 'deid', files.input, '--out', join(own, 'out'), '--profile', files.profile, '--json', ...options],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const heard = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    heard.out += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    heard.err += String(chunk);
  });
  let peakBytes = 0;
  const looking = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakMemoryOf(child.pid));
  }, lookEveryMs);
  const exitCode = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  clearInterval(looking);
  rmSync(own, { recursive: true });
  const [, code] = /"type":"left"[^}]*"code":"(\w+)"/.exec(heard.out) ?? [];
  const outcome = code ?? (exitCode === 0 ? 'written' : 'unknown');
  return { outcome, exitCode, seconds: (performance.now() - start) / 1000, peakBytes, told: heard.err };
}
