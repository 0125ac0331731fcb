import type { ReceivedBody } from './receiveBody.ts';
import { s3Error } from './s3Error.ts';
import type { BucketOptions } from './s3Options.ts';

/** A request whose signature holds, on a bucket that exists. `key` is empty for the bucket itself. */
export interface S3Call {
  bucket: BucketOptions;
  key: string;
  query: ReadonlyMap<string, string>;
  /** A header, or what a presigned query holds in its place. Names in lower case. */
  header(name: string): string | undefined;
  headerNames: string[];
  /** The body's bytes have not been asked for yet. `checksumOfBody` is false where checksums speak of the object. */
  body(options?: { checksumOfBody: boolean }): ReceivedBody;
}

export interface S3Answer {
  status: number;
  headers?: Record<string, string>;
  /** An XML document, or the bytes of an object. */
  body?: string | AsyncIterable<Uint8Array>;
}

export type S3Route = (call: S3Call) => S3Answer | Promise<S3Answer>;

/** A number in the query or a header. Cut to `max`. @throws InvalidArgument */
export function countOf(value: string | undefined, max: number, otherwise = max): number {
  if (value === undefined) return otherwise;
  const count = Number(value);
  if (!/^\d+$/.test(value)) throw s3Error('InvalidArgument', 'A number is malformed');
  return Math.min(count, max);
}
