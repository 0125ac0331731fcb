import { s3Error } from './s3Error.ts';

/** One operation: what it is asked by. `query` must be there, `optional` may, and nothing else. */
interface OperationShape {
  name: string;
  method: string;
  on: 'bucket' | 'object';
  query?: string[];
  optional?: string[];
}

/** What the server can do, by the names of the SDK's commands. */
const operations = [
  { name: 'HeadBucket', method: 'HEAD', on: 'bucket' },
  {
    name: 'ListObjectsV2',
    method: 'GET',
    on: 'bucket',
    query: ['list-type'],
    optional: ['prefix', 'start-after', 'continuation-token', 'max-keys'],
  },
  {
    name: 'ListObjectVersions',
    method: 'GET',
    on: 'bucket',
    query: ['versions'],
    optional: ['prefix', 'key-marker', 'version-id-marker', 'max-keys'],
  },
  {
    name: 'ListMultipartUploads',
    method: 'GET',
    on: 'bucket',
    query: ['uploads'],
    optional: ['prefix', 'key-marker', 'upload-id-marker', 'max-uploads'],
  },
  { name: 'DeleteObjects', method: 'POST', on: 'bucket', query: ['delete'] },
  { name: 'PutObject', method: 'PUT', on: 'object' },
  { name: 'GetObject', method: 'GET', on: 'object', optional: ['versionId'] },
  { name: 'HeadObject', method: 'HEAD', on: 'object', optional: ['versionId'] },
  { name: 'GetObjectAttributes', method: 'GET', on: 'object', query: ['attributes'], optional: ['versionId'] },
  { name: 'DeleteObject', method: 'DELETE', on: 'object', optional: ['versionId'] },
  { name: 'CreateMultipartUpload', method: 'POST', on: 'object', query: ['uploads'] },
  { name: 'UploadPart', method: 'PUT', on: 'object', query: ['partNumber', 'uploadId'] },
  {
    name: 'ListParts',
    method: 'GET',
    on: 'object',
    query: ['uploadId'],
    optional: ['max-parts', 'part-number-marker'],
  },
  { name: 'CompleteMultipartUpload', method: 'POST', on: 'object', query: ['uploadId'] },
  { name: 'AbortMultipartUpload', method: 'DELETE', on: 'object', query: ['uploadId'] },
] as const satisfies OperationShape[];
export type OperationName = (typeof operations)[number]['name'];

/** Headers whose meaning the server knows, or may disregard: KMS encryption is the bucket's own affair in AWS. */
const KNOWN_HEADER =
  /^x-amz-(date|content-sha256|security-token|user-agent|trailer|decoded-content-length|sdk-checksum-algorithm|checksum-[a-z0-9-]+|meta-.+|server-side-encryption.*|mp-object-size|object-attributes|max-parts|part-number-marker|expected-bucket-owner)$/;

/** @throws NotImplemented for whatever is not in the table: nothing may pass as a plain read or write */
export function resolveOperation(request: { method: string; hasKey: boolean; query: Iterable<string> }): OperationName {
  const query = [...request.query].filter((name) => name !== 'x-id' && !name.toLowerCase().startsWith('x-amz-'));
  const fits = ({ method, on, query: required = [], optional = [] }: OperationShape) =>
    method === request.method &&
    (on === 'object') === request.hasKey &&
    required.every((name) => query.includes(name)) &&
    query.every((name) => required.includes(name) || optional.includes(name));
  const operation = operations.find(fits);
  if (operation === undefined) throw s3Error('NotImplemented', 'This server does not implement the operation');
  return operation.name;
}

/** @throws NotImplemented for an x-amz header that asks for something the server would not do */
export function requireKnownHeaders(names: Iterable<string>): void {
  for (const name of names) {
    if (!name.startsWith('x-amz-') || KNOWN_HEADER.test(name)) continue;
    throw s3Error('NotImplemented', `A header you provided implies functionality that is not implemented: ${name}`);
  }
}
