import * as z from 'zod';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Registers } from '../../core/submission/ports.ts';
import { openSqlite } from './openSqlite.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS register (
    name TEXT PRIMARY KEY, version INTEGER NOT NULL, document TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

const Row = z.object({ version: z.int(), document: z.string() });

/** Registers in the ledger's file of one machine. */
export function sqliteRegisters({ path }: { path: string }): Registers & { close(): void } {
  const database = answered(() => openSqlite(path, schema));
  return {
    async read(name) {
      const row = answered(() => database.prepare('SELECT version, document FROM register WHERE name = ?').get(name));
      if (row === undefined) return { version: 0, value: undefined };
      const { version, document } = Row.parse(row);
      return { version, value: JSON.parse(document) };
    },
    async swap(name, { version, value }) {
      const document = JSON.stringify(value);
      const { changes } = answered(() =>
        version === 0
          ? database.prepare('INSERT INTO register VALUES (?, 1, ?) ON CONFLICT DO NOTHING').run(name, document)
          : database
              .prepare('UPDATE register SET version = version + 1, document = ? WHERE name = ? AND version = ?')
              .run(document, name, version),
      );
      return Number(changes) === 1;
    },
    close: () => database.close(),
  };
}

function answered<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (cause) {
    throw new DomainError('StorageUnavailable', 'Cannot use the registers: the database file does not answer', {
      cause,
    });
  }
}
