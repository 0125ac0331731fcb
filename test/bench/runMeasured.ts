import { runWatched } from '../fixtures/runWatched.ts';
import { endedCpuSeconds } from './cpuSeconds.ts';

export interface Measured {
  seconds: number;
  cpuSeconds: number;
  /** Highest resident memory seen, of the process itself. */
  peakBytes: number;
}

/** Runs a command to its end on one core, or on all. @throws Error when it fails */
export async function runMeasured(command: string, args: readonly string[], cores: 'one' | 'all'): Promise<Measured> {
  const cpuBefore = endedCpuSeconds();
  const [program, ...rest] = cores === 'one' ? ['taskset', '-c', '0', command, ...args] : [command, ...args];
  const { exitCode, seconds, peakBytes, err } = await runWatched(program, rest, 'ignore');
  if (exitCode !== 0) throw new Error(`Cannot measure: ${command} ended with ${exitCode}: ${err.slice(0, 500)}`);
  return { seconds, cpuSeconds: endedCpuSeconds() - cpuBefore, peakBytes };
}
