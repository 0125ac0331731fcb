import { checksumHeader } from './checksums.ts';
import type { S3Call } from './s3Call.ts';
import type { Version } from './versions.ts';

/** Headers that describe a stored version, without its checksum. */
export function versionHeaders(version: Version): Record<string, string> {
  const locked = {
    'x-amz-object-lock-mode': 'COMPLIANCE',
    'x-amz-object-lock-retain-until-date': new Date(version.lockedUntilMs).toISOString(),
  };
  return {
    'content-type': 'binary/octet-stream',
    ...version.headers,
    etag: `"${version.etag}"`,
    'last-modified': new Date(version.createdMs).toUTCString(),
    'x-amz-version-id': version.versionId,
    'accept-ranges': 'bytes',
    ...(version.lockedUntilMs === 0 ? {} : locked),
  };
}

/** The checksum in headers; none when the version was stored without. */
export function checksumHeaders({ algorithm, checksum, parts }: Version): Record<string, string> {
  if (algorithm === null || checksum === null) return {};
  return { [checksumHeader(algorithm)]: checksum, 'x-amz-checksum-type': parts > 0 ? 'COMPOSITE' : 'FULL_OBJECT' };
}

/** What of a write's headers is kept with the object. */
export function headersToStore(call: S3Call): Record<string, string> {
  const kept = call.headerNames.filter((name) => name === 'content-type' || name.startsWith('x-amz-meta-'));
  return Object.fromEntries(kept.map((name) => [name, call.header(name) ?? '']));
}
