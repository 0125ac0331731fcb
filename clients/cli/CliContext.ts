import type { Clock } from '../../core/submission/ports.ts';

/** What a command may touch of the world around it. */
export interface CliContext {
  env: Record<string, string | undefined>;
  /** Absolute. */
  cwd: string;
  /** Data, a line each. */
  out: (line: string) => void;
  /** Messages, a line each. */
  err: (line: string) => void;
  fetch: typeof fetch;
  clock: Clock;
  random: () => number;
  /** Aborted when the person interrupts. */
  signal: AbortSignal;
}

/** One command: its arguments without its name in, the exit code out. */
export type Command = (args: string[], context: CliContext) => Promise<number>;
