import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type * as z from 'zod';

/** A SQLite file with its tables, created where they are absent; statements are prepared once. */
export function openDatabase(path: string, tables: string) {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${tables}`);
  const statements = new Map<string, ReturnType<typeof database.prepare>>();
  const prepare = (sql: string) => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    /** Answers the key of what was inserted. */
    run: (sql: string, ...values: SQLInputValue[]) => Number(prepare(sql).run(...values).lastInsertRowid),
    all: <T>(schema: z.ZodType<T>, sql: string, ...values: SQLInputValue[]) =>
      prepare(sql)
        .all(...values)
        .map((row) => schema.parse(row)),
    transact<T>(work: () => T): T {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
}
