import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Versions, uploads and the pieces they consist of. An upload's pieces become the version's when it completes: both
 * have the same id, so that nothing is copied or rewritten.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS versions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, versionId TEXT NOT NULL UNIQUE, bucket TEXT NOT NULL, key TEXT NOT NULL,
    deleteMarker INTEGER NOT NULL, sizeBytes INTEGER NOT NULL, etag TEXT NOT NULL, parts INTEGER NOT NULL,
    algorithm TEXT, checksum TEXT, headers TEXT NOT NULL, createdMs INTEGER NOT NULL, lockedUntilMs INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS versionsByKey ON versions (bucket, key, seq DESC);
  CREATE TABLE IF NOT EXISTS uploads (
    uploadId TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, algorithm TEXT, headers TEXT NOT NULL,
    createdMs INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS pieces (
    owner TEXT NOT NULL, number INTEGER NOT NULL, blob TEXT NOT NULL, sizeBytes INTEGER NOT NULL, checksum TEXT,
    createdMs INTEGER NOT NULL, PRIMARY KEY (owner, number)
  ) STRICT, WITHOUT ROWID;
`;

export type Index = ReturnType<typeof openIndex>;

/**
 * The server's index, in WAL mode: a killed process loses no commit, a power failure at most the last ones. The lock
 * is exclusive, so that a second server on the same folder fails before it sweeps what the first one is writing.
 */
export function openIndex(dataDir: string) {
  const database = new DatabaseSync(join(dataDir, 'index.sqlite'));
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  database.exec(SCHEMA);
  return {
    database,
    /** All or nothing. With `durable` the commit is on the disk itself before this returns. */
    transaction<Result>(work: () => Result, options: { durable?: boolean } = {}): Result {
      database.exec(`PRAGMA synchronous = ${options.durable === true ? 'FULL' : 'NORMAL'}; BEGIN IMMEDIATE`);
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    /** Whether a version or an upload holds a blob. */
    namedBlobs(): Set<unknown> {
      return new Set(Array.from(database.prepare('SELECT blob FROM pieces').iterate(), (row) => row.blob));
    },
    close: () => database.close(),
  };
}
