import { readFileSync } from 'node:fs';

/** Highest resident memory of a live process so far (bytes), as Linux keeps it; 0 when the process is gone. */
export function peakMemoryOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
