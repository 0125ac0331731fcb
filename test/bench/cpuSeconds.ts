import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second (USER_HZ). */
const TICKS_PER_SECOND = 100;

interface ProcessTimes {
  pid: number;
  parent: number;
  seconds: number;
  /** Of the processes below it that have ended and were waited for. */
  endedSeconds: number;
}

/** CPU time (s) of the processes below this one that have ended. */
export const endedCpuSeconds = (): number => timesOf('self')?.endedSeconds ?? 0;

/**
 * CPU time (s) of named processes and of all below them, which are named after the Lambda function that they run.
 * Empty where there is no /proc.
 */
export function cpuSecondsByName(roots: Record<string, number | undefined>): Record<string, number> {
  const names = new Map(Object.entries(roots).map(([name, pid]) => [pid, name]));
  const living = livingProcesses();
  const isBelow = (pid: number): boolean => {
    const parent = living.get(pid)?.parent;
    return names.has(pid) || (parent !== undefined && isBelow(parent));
  };
  const seconds: Record<string, number> = {};
  for (const { pid, seconds: own } of living.values()) {
    if (!isBelow(pid)) continue;
    const name = names.get(pid) ?? functionOf(pid);
    seconds[name] = (seconds[name] ?? 0) + own;
  }
  return seconds;
}

function livingProcesses(): Map<number, ProcessTimes> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(pids.flatMap((pid) => timesOf(pid) ?? []).map((times) => [times.pid, times]));
}

/** See proc(5): the name, which may hold spaces, is followed by state, parent and, from the 14th field on, times. */
function timesOf(pid: string): ProcessTimes | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [, parent = 0, ...rest] = fields.map(Number);
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = rest.slice(9);
    return {
      pid: Number.parseInt(stat, 10),
      parent,
      seconds: (user + system) / TICKS_PER_SECOND,
      endedSeconds: (endedUser + endedSystem) / TICKS_PER_SECOND,
    };
  } catch {
    // it has ended, or there is no /proc
    return undefined;
  }
}

function functionOf(pid: number): string {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return environment.find((each) => each.startsWith('AWS_LAMBDA_FUNCTION_NAME='))?.split('=')[1] ?? 'other';
  } catch {
    return 'other';
  }
}
