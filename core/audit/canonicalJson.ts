/**
 * The one text of a JSON value that is hashed and signed: keys sorted by UTF-16 code unit, no white space, undefined
 * left out (RFC 8785; numbers are safe integers, so that every language prints them alike).
 * @throws TypeError for what JSON cannot hold exactly
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new TypeError('Cannot write canonical JSON: a number is no safe integer');
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`Cannot write canonical JSON: a value is a ${typeof value}`);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
