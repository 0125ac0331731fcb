import type { CliContext } from '../CliContext.ts';

/** One way to tell: JSON lines for programs, or lines for people. */
export interface Reporter {
  /** Progress: an event on stdout with --json, else a message on stderr. */
  progress(event: { type: string } & Record<string, unknown>, line: string): void;
  /** The result: an event on stdout with --json, else lines on stdout. `summary` comes last. */
  result(event: { type: string } & Record<string, unknown>, lines: readonly string[]): void;
}

export function reporter({ out, err, clock }: Pick<CliContext, 'out' | 'err' | 'clock'>, json: boolean): Reporter {
  const emit = ({ type, ...rest }: { type: string }) => out(JSON.stringify({ v: 1, ts: clock.now(), type, ...rest }));
  if (json) return { progress: (event) => emit(event), result: (event) => emit(event) };
  return {
    progress: (_, line) => err(printable(line)),
    result: (_, lines) => {
      for (const line of lines) out(printable(line));
    },
  };
}

/** A terminal obeys control characters, and the names of files, as in a ZIP of somebody else, may hold some. */
export const printable = (line: string) => line.replace(controlCharacters, '·');
const controlCharacters = /(?![\n\t])\p{Cc}/gu;

/** 1,234,567 bytes as people read it. */
export function readableBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
}
