import { createHash } from 'node:crypto';

/** A request as it came over the wire: path and query decoded once, header names in lower case. */
export interface WireRequest {
  method: string;
  /** Decoded, with its leading slash. */
  path: string;
  query: Array<readonly [name: string, value: string]>;
  headers: ReadonlyMap<string, string>;
}

/** The canonical request of Signature Version 4 for S3: the path is encoded once and not normalized. */
export function canonicalRequest(request: WireRequest, signedHeaders: string[], payloadHash: string): string {
  const query = request.query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort(([leftName, leftValue], [rightName, rightValue]) =>
      leftName === rightName ? compare(leftValue, rightValue) : compare(leftName, rightName),
    )
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const headers = signedHeaders.map((name) => `${name}:${trimmed(request.headers.get(name) ?? '')}\n`).join('');
  const path = request.path.split('/').map(uriEncode).join('/');
  return [request.method, path, query, headers, signedHeaders.join(';'), payloadHash].join('\n');
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** RFC 3986 as AWS wants it: everything but unreserved characters, in upper case. */
function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function trimmed(value: string): string {
  return value.trim().replace(/ +/g, ' ');
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
