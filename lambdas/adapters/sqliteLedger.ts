import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import * as z from 'zod';
import { ChainedEvent } from '../../core/audit/AuditEvent.ts';
import { placeInState } from '../../core/submission/attempts/placeInState.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { Submission, UploadedObject } from '../../core/submission/contracts/Submission.ts';
import type { Ledger, LedgerChange } from '../../core/submission/ports.ts';
import { openSqlite } from './openSqlite.ts';

/** Rows that are read at once where a reader takes its time: the read lock is held for one page only. */
const pageRows = 100;

/** `placeInState`, as SQLite finds it. */
const place = "(document ->> 'updatedAt') || '#' || id";

const schema = `
  CREATE TABLE IF NOT EXISTS submission (
    id TEXT PRIMARY KEY, site TEXT NOT NULL, place TEXT NOT NULL, state TEXT NOT NULL, hash TEXT NOT NULL,
    document TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS submission_by_site ON submission (site, place);
  CREATE INDEX IF NOT EXISTS submission_by_change ON submission (state, (${place}));
  CREATE TABLE IF NOT EXISTS event (
    submission TEXT NOT NULL, seq INTEGER NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (submission, seq)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS object (
    submission TEXT NOT NULL, object TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (submission, object)) STRICT, WITHOUT ROWID;
`;

const DocumentRow = z.object({ document: z.string() });

/**
 * The ledger of one machine: one SQLite file, for any number of processes at once. A change and its event are one
 * transaction, so a process that dies leaves both or none.
 * @throws DomainError LedgerConflict, ObjectNotFound, StorageUnavailable for faults of the file
 */
export function sqliteLedger({ path }: { path: string }): Ledger & { close(): void } {
  const database = answered(() => openSqlite(path, schema));
  const documents = <Schema extends z.ZodType>(schema: Schema, sql: string, ...values: SQLInputValue[]) =>
    answered(() => database.prepare(sql).all(...values)).map((row) =>
      schema.parse(JSON.parse(DocumentRow.parse(row).document)),
    );
  const write = (sql: string, ...values: SQLInputValue[]) =>
    Number(answered(() => database.prepare(sql).run(...values)).changes);
  const getObject = (submission: string, object: string) =>
    documents(UploadedObject, 'SELECT document FROM object WHERE submission = ? AND object = ?', submission, object)[0];

  return {
    async create(change) {
      transact(database, () => {
        const { id, site } = change.next;
        const added = write(
          'INSERT INTO submission VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
          ...[id, site, placeOf(change.next), change.next.state, change.event.hash, JSON.stringify(change.next)],
        );
        if (added !== 1) throw conflict(change);
        addEvent(write, change);
      });
    },
    async commit(change) {
      transact(database, () => {
        const changed = write(
          'UPDATE submission SET state = ?, hash = ?, document = ? WHERE id = ? AND hash = ?',
          ...[change.next.state, change.event.hash, JSON.stringify(change.next), change.next.id, change.event.prev],
        );
        if (changed !== 1) throw conflict(change);
        addEvent(write, change);
      });
    },
    async get(id) {
      return documents(Submission, 'SELECT document FROM submission WHERE id = ?', id)[0];
    },
    async list({ site, limit, cursor }) {
      const items = documents(
        Submission,
        'SELECT document FROM submission WHERE site = ? AND place < ? ORDER BY place DESC LIMIT ?',
        ...[site, cursor === undefined ? '~' : placeOfCursor(cursor), limit + 1],
      );
      const last = items.length > limit ? items[limit - 1] : undefined;
      return { items: items.slice(0, limit), ...(last && { cursor: cursorOf(last) }) };
    },
    async *listByState(state, { after = '', before = '~' } = {}) {
      for (let from = after; ; ) {
        const page = documents(
          Submission,
          `SELECT document FROM submission WHERE state = ? AND (${place}) > ? AND (${place}) < ? ORDER BY (${place}) LIMIT ?`,
          ...[state, from, before, pageRows],
        );
        yield* page;
        const last = page.at(-1);
        if (last === undefined) return;
        from = placeInState(last);
      }
    },
    async events(submission) {
      return documents(ChainedEvent, 'SELECT document FROM event WHERE submission = ? ORDER BY seq', submission);
    },
    async openObject(submission, object) {
      write(
        'INSERT INTO object VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
        ...[submission, object.object, JSON.stringify(object)],
      );
      return getObject(submission, object.object) ?? object;
    },
    async closeObject(submission, object) {
      const changed = write(
        "UPDATE object SET document = ? WHERE submission = ? AND object = ? AND document ->> 'uploadId' = ?",
        ...[JSON.stringify(object), submission, object.object, object.uploadId],
      );
      if (changed !== 1)
        throw new DomainError('ObjectNotFound', `Cannot close ${object.object}: no such upload is open`);
    },
    async getObject(submission, object) {
      return getObject(submission, object);
    },
    async listObjects(submission) {
      return documents(UploadedObject, 'SELECT document FROM object WHERE submission = ? ORDER BY object', submission);
    },
    close: () => database.close(),
  };
}

function transact(database: DatabaseSync, work: () => void): void {
  // IMMEDIATE takes the write lock first: a reader that turns writer later could not be made to wait
  answered(() => database.exec('BEGIN IMMEDIATE'));
  try {
    work();
    answered(() => database.exec('COMMIT'));
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function addEvent(write: (sql: string, ...values: SQLInputValue[]) => number, { event }: LedgerChange): void {
  write('INSERT INTO event VALUES (?, ?, ?)', event.submission, event.seq, JSON.stringify(event));
}

function answered<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (cause) {
    throw new DomainError('StorageUnavailable', 'Cannot use the ledger: the database file does not answer', { cause });
  }
}

const conflict = ({ next }: LedgerChange) =>
  new DomainError('LedgerConflict', `Cannot change ${next.id}: another writer was first`);

/** Where a submission stands in its site's list: unique, in the order of creation. */
const placeOf = ({ createdAt, id }: Submission) => `${createdAt}#${id}`;
const cursorOf = (last: Submission) => Buffer.from(placeOf(last)).toString('base64url');
const placeOfCursor = (cursor: string) => Buffer.from(cursor, 'base64url').toString();
