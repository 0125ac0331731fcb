import type { IncomingMessage } from 'node:http';
import type { WireRequest } from './canonicalRequest.ts';
import { s3Error } from './s3Error.ts';

/** S3: a key has at most 1024 bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

/**
 * Decodes path and query once. A `+` stays a plus, as S3's own signers write a space as `%20`.
 * @throws InvalidURI, KeyTooLongError
 */
export function parseWireRequest(request: IncomingMessage): WireRequest & { bucketName: string; key: string } {
  const [rawPath = '', rawQuery = ''] = (request.url ?? '').split(/\?(.*)/s);
  const path = decode(rawPath);
  const [, bucketName = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw s3Error('KeyTooLongError', 'Your key is too long');
  const query = rawQuery
    .split('&')
    .filter((field) => field !== '')
    .map((field) => {
      const [name = '', value = ''] = field.split(/=(.*)/s);
      return [decode(name), decode(value)] as const;
    });
  const headers = new Map(
    Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(',')]),
  );
  return { method: request.method ?? '', path, query, headers, bucketName, key };
}

function decode(text: string): string {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) throw s3Error('InvalidURI', 'Could not parse the specified URI');
  const bytes = Buffer.from(
    text.replace(/%([0-9a-fA-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  const decoded = bytes.toString('utf8');
  if (!Buffer.from(decoded).equals(bytes)) throw s3Error('InvalidURI', 'The specified URI is not UTF-8');
  return decoded;
}
