import { refusal } from './refusal.ts';

/** What a path under /data points at: an item, a collection of items, or something beside them. */
type AddressKind = (typeof levels)[number]['one'] | (typeof levels)[number]['many'] | 'other';

export interface Address {
  kind: AddressKind;
  project?: string;
  subject?: string;
  experiment?: string;
  scan?: string;
  /** Label or numeric id. */
  resource?: string;
  /** Path within the resource. */
  file?: string;
  /** The path, decoded, without its /data prefix. */
  segments: string[];
  /** Segments after the deepest item: `users` of projects/P/users. */
  rest: string[];
}

const levels = [
  { many: 'projects', one: 'project' },
  { many: 'subjects', one: 'subject' },
  { many: 'experiments', one: 'experiment' },
  { many: 'scans', one: 'scan' },
  { many: 'resources', one: 'resource' },
  { many: 'files', one: 'file' },
] as const;

/**
 * Reads /data/…, /data/archive/… and /REST/… alike; undefined for any other path.
 * @throws refusal 400 for a broken percent-encoding
 */
export function parseAddress(pathname: string): Address | undefined {
  const found = /^\/(?:data|REST)(?:\/archive)?(?:\/(.*))?$/.exec(pathname);
  if (found === null) return undefined;
  const segments = (found[1] ?? '')
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeSegment);
  const address: Address = { kind: 'other', segments, rest: segments };
  for (let at = 0; at < segments.length; at += 2) {
    const level = levels.find(({ many }) => many === segments[at]);
    if (level === undefined) return { ...address, kind: 'other', rest: segments.slice(at) };
    const value = level.one === 'file' ? segments.slice(at + 1).join('/') : segments[at + 1];
    if (value === undefined || value === '') return { ...address, kind: level.many, rest: [] };
    Object.assign(address, { [level.one]: value, kind: level.one, rest: [] });
    if (level.one === 'file') break;
  }
  return address;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    throw Object.assign(refusal(400, 'The path is not percent-encoded'), { cause: error });
  }
}
