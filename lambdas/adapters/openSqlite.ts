import type { DatabaseSync } from 'node:sqlite';

/** Another process holds the write lock for milliseconds; a disk that stalls is waited for this long. */
const busyTimeoutMs = 10_000;

/** A SQLite file for any number of processes at once, with its tables. */
export function openSqlite(path: string, schema: string): DatabaseSync {
  // Asked for here and not imported: a function on AWS never loads it
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  database.exec('PRAGMA journal_mode = WAL');
  // WAL alone would forget the newest commits at a power cut: but a site was told of them, and parts may be gone
  database.exec('PRAGMA synchronous = FULL');
  database.exec(schema);
  return database;
}
