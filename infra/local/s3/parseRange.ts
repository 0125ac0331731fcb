import { s3Error } from './s3Error.ts';

/** Half-open. */
export interface Range {
  start: number;
  end: number;
}

/**
 * A Range header on an object of this size; undefined where S3 answers the whole (RFC 9110 §14.2: a range that is
 * not understood is disregarded, and S3 knows no second one).
 * @throws InvalidRange when no byte of the object lies in it
 */
export function parseRange(header: string | undefined, sizeBytes: number): Range | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1);
  if (start >= end) throw s3Error('InvalidRange', 'The requested range is not satisfiable');
  return { start, end };
}
