import { DomainError } from '../../core/submission/DomainError.ts';

/** Of sources their own root; of a bundle its folder. */
const root = new URL('.', import.meta.url).href.replace(/clients\/cli\/$/, '').slice('file://'.length);
/** Of ours alone, and nothing that a message could bring along. */
const placePattern = /^[\w./-]{1,200}:\d{1,7}:\d{1,7}$/;
/** What JavaScript itself throws: any other name may have been given by whoever threw it. */
const knownNames = ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'URIError', 'AggregateError'];

/**
 * What may be told of a fault of this program that one file brought out: the error's class and the place in our code,
 * never its message, which may hold a value of the file.
 * @throws the error itself, where it is about the run: an end that was asked for, a refusal of the command line, or a
 *   fault of the file system, since one of a file that is read is an outcome already
 */
export function ownFault(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if ('exit' in error || 'syscall' in error || error.name === 'AbortError') throw error;
  const name = knownNames.includes(error.name) || DomainError.is(error) ? error.name : 'Error';
  const place = placeOf(error);
  return place === undefined ? name : `${name} at ${place}`;
}

function placeOf({ stack = '', message }: Error): string | undefined {
  const behind = message === '' ? 0 : stack.indexOf(message) + message.length;
  for (const line of stack.slice(behind).split('\n')) {
    const start = /^ {4}at /.test(line) ? line.indexOf(root) : -1;
    const place = line.slice(start + root.length).replace(/\)$/, '');
    if (start >= 0 && !place.startsWith('node_modules/') && placePattern.test(place)) return place;
  }
  return undefined;
}
