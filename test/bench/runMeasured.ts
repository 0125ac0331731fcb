import { spawn } from 'node:child_process';
import { endedCpuSeconds } from './cpuSeconds.ts';
import { peakMemoryOf } from './peakMemory.ts';

export interface Measured {
  seconds: number;
  cpuSeconds: number;
  /** Highest resident memory seen, of the process itself. */
  peakBytes: number;
}

const lookEveryMs = 20;

/** Runs a command to its end on one core, or on all. @throws Error when it fails */
export async function runMeasured(command: string, args: readonly string[], cores: 'one' | 'all'): Promise<Measured> {
  const cpuBefore = endedCpuSeconds();
  const start = performance.now();
  const [program, ...rest] = cores === 'one' ? ['taskset', '-c', '0', command, ...args] : [command, ...args];
  const child = spawn(program, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
  let peakBytes = 0;
  const looking = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakMemoryOf(child.pid));
  }, lookEveryMs);
  let told = '';
  child.stderr.on('data', (chunk) => {
    told += String(chunk);
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearInterval(looking);
  if (code !== 0) throw new Error(`Cannot measure: ${command} ended with ${code}: ${told.slice(0, 500)}`);
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: endedCpuSeconds() - cpuBefore, peakBytes };
}
