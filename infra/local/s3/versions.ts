import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { checksumAlgorithms } from './checksums.ts';
import type { Index } from './openIndex.ts';
import type { Pieces } from './pieces.ts';
import { s3Error } from './s3Error.ts';

export const Algorithm = z.enum(checksumAlgorithms).nullable();
/** Headers that a client stored with its object and gets back: content-type and x-amz-meta-*. */
export const StoredHeaders = z.string().transform((text) => z.record(z.string(), z.string()).parse(JSON.parse(text)));

/** One version of an object, or a delete marker. */
export const Version = z.object({
  seq: z.int(),
  versionId: z.string(),
  bucket: z.string(),
  key: z.string(),
  deleteMarker: z.int().transform((flag) => flag === 1),
  sizeBytes: z.int(),
  etag: z.string(),
  /** 0 for a single put. */
  parts: z.int(),
  algorithm: Algorithm,
  checksum: z.string().nullable(),
  headers: StoredHeaders,
  createdMs: z.int(),
  /** 0 when there is no retention. */
  lockedUntilMs: z.int(),
});
export type Version = z.infer<typeof Version>;

/** `If-Match` and `If-None-Match` of a write. */
interface WriteCondition {
  ifMatch: string | undefined;
  ifNoneMatch: string | undefined;
}

/** Versions of objects. The bucket of a version is always versioned: nothing is ever overwritten in place. */
export function versionsOf({ database }: Index, pieces: Pieces) {
  const inKeyRange = 'bucket = :bucket AND key >= :prefix AND key < :end AND substr(key, 1, length(:prefix)) = :prefix';
  const selectCurrent = database.prepare(
    'SELECT * FROM versions WHERE bucket = ? AND key = ? ORDER BY seq DESC LIMIT 1',
  );
  const selectOne = database.prepare('SELECT * FROM versions WHERE bucket = ? AND key = ? AND versionId = ?');
  // SQLite takes the other columns from the row that has the maximum
  const selectLatest = database.prepare(
    `SELECT *, max(seq) FROM versions WHERE ${inKeyRange} AND key > :after
     GROUP BY key HAVING deleteMarker = 0 ORDER BY key LIMIT :limit`,
  );
  const selectAll = database.prepare(
    `SELECT * FROM versions WHERE ${inKeyRange} AND (key > :key OR (key = :key AND seq < :seq))
     ORDER BY key, seq DESC LIMIT :limit`,
  );
  const insert = database.prepare(
    `INSERT INTO versions (versionId, bucket, key, deleteMarker, sizeBytes, etag, parts, algorithm, checksum, headers,
     createdMs, lockedUntilMs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
  );
  const deleteOne = database.prepare('DELETE FROM versions WHERE versionId = ?');

  /** The newest version or marker of a key. */
  const newest = (bucket: string, key: string): Version | undefined =>
    Version.optional().parse(selectCurrent.get(bucket, key));
  const find = (bucket: string, key: string, versionId: string): Version | undefined =>
    Version.optional().parse(selectOne.get(bucket, key, versionId));
  const add = (version: Omit<Version, 'seq'>): Version =>
    Version.parse(
      insert.get(
        version.versionId,
        version.bucket,
        version.key,
        version.deleteMarker ? 1 : 0,
        version.sizeBytes,
        version.etag,
        version.parts,
        version.algorithm,
        version.checksum,
        JSON.stringify(version.headers),
        version.createdMs,
        version.lockedUntilMs,
      ),
    );
  return {
    newest,
    find,
    add,
    /** @throws PreconditionFailed, NoSuchKey, NotImplemented */
    requireCondition(bucket: string, key: string, condition: WriteCondition): void {
      const version = newest(bucket, key);
      requireNoneMatch(version?.deleteMarker === true ? undefined : version, condition.ifNoneMatch);
      requireMatch(version?.deleteMarker === true ? undefined : version, condition.ifMatch);
    },
    addDeleteMarker(bucket: string, key: string, createdMs: number): Version {
      const versionId = randomBytes(16).toString('hex');
      const nothing = {
        sizeBytes: 0,
        etag: '',
        parts: 0,
        algorithm: null,
        checksum: null,
        headers: {},
        lockedUntilMs: 0,
      };
      return add({ ...nothing, versionId, bucket, key, deleteMarker: true, createdMs });
    },
    /** Answers the blobs of what was deleted. @throws AccessDenied under retention */
    remove(version: Version, nowMs: number): string[] {
      if (version.lockedUntilMs > nowMs)
        throw s3Error('AccessDenied', 'Access Denied because object protected by object lock');
      deleteOne.run(version.versionId);
      return pieces.removeAll(version.versionId);
    },
    /** Current versions under a prefix, in order of their keys' bytes. */
    listLatest({
      bucket,
      prefix,
      after,
      limit,
    }: {
      bucket: string;
      prefix: string;
      after: string;
      limit: number;
    }): Version[] {
      return selectLatest.all({ bucket, prefix, end: endOf(prefix), after, limit }).map((row) => Version.parse(row));
    },
    /** All versions and markers, newest first within a key; goes on after the given one. */
    listAll({
      bucket,
      prefix,
      key,
      seq,
      limit,
    }: {
      bucket: string;
      prefix: string;
      key: string;
      seq: number;
      limit: number;
    }) {
      return selectAll.all({ bucket, prefix, end: endOf(prefix), key, seq, limit }).map((row) => Version.parse(row));
    },
  };
}

/** No key of S3 holds the last code point of Unicode right after a prefix; so this bounds the index range. */
function endOf(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}

function requireNoneMatch(current: Version | undefined, ifNoneMatch: string | undefined): void {
  if (ifNoneMatch === undefined) return;
  if (ifNoneMatch !== '*') throw s3Error('NotImplemented', 'If-None-Match takes * alone');
  if (current !== undefined) throw preconditionFailed();
}

function requireMatch(current: Version | undefined, ifMatch: string | undefined): void {
  if (ifMatch === undefined) return;
  if (current === undefined) throw s3Error('NoSuchKey', 'The specified key does not exist');
  if (ifMatch !== '*' && ifMatch.replaceAll('"', '') !== current.etag) throw preconditionFailed();
}

function preconditionFailed(): Error {
  return s3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
}
