import { describeFault } from '../terminal/describeFault.ts';

/**
 * What may be told of a fault of this program that one file brought out: the error's class and the place in our code,
 * never its message, which may hold a value of the file.
 * @throws the error itself, where it is about the run: an end that was asked for, a refusal of the command line, or a
 *   fault of the file system, since one of a file that is read is an outcome already
 */
export function ownFault(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if ('exit' in error || 'syscall' in error || error.name === 'AbortError') throw error;
  return describeFault(error);
}
