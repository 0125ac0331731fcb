import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** CPU time (s) of all processes below this one that have ended. */
export function childCpuSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // the fields behind the name, which may hold spaces: cutime and cstime are the 14th and 15th of them
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}
