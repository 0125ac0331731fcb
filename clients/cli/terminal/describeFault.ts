import { DomainError } from '../../../core/submission/codes/DomainError.ts';

/** Of sources their own root; of a bundle its folder. */
const root = new URL('.', import.meta.url).href.replace(/clients\/cli\/terminal\/$/, '').slice('file://'.length);
/** Of ours alone, and nothing that a message could bring along. */
const placePattern = /^[\w./-]{1,200}:\d{1,7}:\d{1,7}$/;
/** What JavaScript itself throws: any other name may have been given by whoever threw it. */
const knownNames = ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'URIError', 'AggregateError'];

/** What may be told of an error: its class and the place in our code, never its message, which may hold a value of a file. */
export function describeFault(error: Error): string {
  const name = isProgramFault(error) || DomainError.is(error) ? error.name : 'Error';
  const place = placeOf(error);
  return place === undefined ? name : `${name} at ${place}`;
}

/** True for what JavaScript itself throws, also in another thread: nobody wrote its message for a person to read. */
export const isProgramFault = ({ name }: Error): boolean => knownNames.includes(name);

function placeOf({ stack = '', message }: Error): string | undefined {
  const behind = message === '' ? 0 : stack.indexOf(message) + message.length;
  for (const line of stack.slice(behind).split('\n')) {
    const start = /^ {4}at /.test(line) ? line.indexOf(root) : -1;
    const place = line.slice(start + root.length).replace(/\)$/, '');
    if (start >= 0 && !place.startsWith('node_modules/') && placePattern.test(place)) return place;
  }
  return undefined;
}
