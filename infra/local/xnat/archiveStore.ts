import * as z from 'zod';
import { openDatabase } from './openDatabase.ts';

const itemKinds = ['project', 'subject', 'experiment', 'scan'] as const;
export type ItemKind = (typeof itemKinds)[number];

/** A project, subject, session or scan: XNAT's items differ only in what they are unique within. */
export const Item = z.object({
  key: z.int(),
  kind: z.enum(itemKinds),
  /** Accession ID (XNAT_S00001, XNAT_E00001); of projects and scans the label itself. */
  id: z.string(),
  label: z.string(),
  /** What the label is unique within: the project for subjects and sessions, the session's key for scans. */
  scope: z.string(),
  /** Key of the item above; 0 above projects. */
  parent: z.int(),
  xsiType: z.string(),
  /** Values by XML path without the type, like `date` or `fields/field[name=a]/field`. */
  fields: z.string().transform((text) => z.record(z.string(), z.string()).parse(JSON.parse(text))),
  inserted: z.string(),
  insertUser: z.string(),
});
export type Item = z.infer<typeof Item>;

export const Resource = z.object({
  id: z.int(),
  owner: z.int(),
  label: z.string(),
  format: z.string(),
  content: z.string(),
  tags: z.string(),
  /** Relative to the data folder, fixed at creation. */
  folder: z.string(),
});
export type Resource = z.infer<typeof Resource>;

export const CatalogFile = z.object({
  resource: z.int(),
  path: z.string(),
  sizeBytes: z.int(),
  /** MD5 hex, or empty. */
  digest: z.string(),
  format: z.string(),
  content: z.string(),
  tags: z.string(),
});
export type CatalogFile = z.infer<typeof CatalogFile>;

const Instance = z.object({ path: z.string(), uid: z.string() });

const tables = `
CREATE TABLE IF NOT EXISTS items (
  key INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, label TEXT NOT NULL, scope TEXT NOT NULL,
  parent INTEGER NOT NULL, xsiType TEXT NOT NULL, fields TEXT NOT NULL, inserted TEXT NOT NULL, insertUser TEXT NOT NULL,
  UNIQUE (kind, scope, label));
CREATE INDEX IF NOT EXISTS itemsById ON items (kind, id);
CREATE INDEX IF NOT EXISTS itemsByParent ON items (parent);
CREATE TABLE IF NOT EXISTS resources (
  id INTEGER PRIMARY KEY AUTOINCREMENT, owner INTEGER NOT NULL, label TEXT NOT NULL, format TEXT NOT NULL,
  content TEXT NOT NULL, tags TEXT NOT NULL, folder TEXT NOT NULL, UNIQUE (owner, label));
CREATE TABLE IF NOT EXISTS files (
  resource INTEGER NOT NULL, path TEXT NOT NULL, sizeBytes INTEGER NOT NULL, digest TEXT NOT NULL, format TEXT NOT NULL,
  content TEXT NOT NULL, tags TEXT NOT NULL, PRIMARY KEY (resource, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS instances (
  resource INTEGER NOT NULL, path TEXT NOT NULL, uid TEXT NOT NULL, PRIMARY KEY (resource, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sequences (name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
`;

/** XNAT's database and catalogs in one SQLite file. A file's row is written only when its bytes are in place. */
export function openArchiveStore(path: string) {
  const { run, all, transact, close } = openDatabase(path, tables);

  const items = {
    findItem: (kind: ItemKind, scope: string, label: string) =>
      all(Item, 'SELECT * FROM items WHERE kind = ? AND scope = ? AND label = ?', kind, scope, label).at(0),
    findItemById: (kind: ItemKind, id: string) =>
      all(Item, 'SELECT * FROM items WHERE kind = ? AND id = ?', kind, id).at(0),
    getItem: (key: number) => all(Item, 'SELECT * FROM items WHERE key = ?', key).at(0),
    listItems: (kind: ItemKind) => all(Item, 'SELECT * FROM items WHERE kind = ? ORDER BY key', kind),
    listChildren: (parent: number) => all(Item, 'SELECT * FROM items WHERE parent = ? ORDER BY key', parent),
    insertItem(item: Omit<Item, 'key'>): Item {
      const { kind, id, label, scope, parent, xsiType, fields, inserted, insertUser } = item;
      const sql = `INSERT INTO items (kind, id, label, scope, parent, xsiType, fields, inserted, insertUser)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
      const values = [kind, id, label, scope, parent, xsiType, JSON.stringify(fields), inserted, insertUser];
      return { ...item, key: run(sql, ...values) };
    },
    updateItem({ key, label, parent, fields }: Pick<Item, 'key' | 'label' | 'parent' | 'fields'>) {
      run(
        'UPDATE items SET label = ?, parent = ?, fields = ? WHERE key = ?',
        label,
        parent,
        JSON.stringify(fields),
        key,
      );
    },
    deleteItem(key: number) {
      run('DELETE FROM items WHERE key = ?', key);
    },
    /** Counts up and never again gives out a number, as XNAT's accession IDs. */
    nextNumber(name: string): number {
      run('INSERT INTO sequences VALUES (?, 1) ON CONFLICT DO UPDATE SET last = last + 1', name);
      return all(z.object({ last: z.int() }), 'SELECT last FROM sequences WHERE name = ?', name)[0]?.last ?? 1;
    },
  };

  const resources = {
    listResources: (owner: number) => all(Resource, 'SELECT * FROM resources WHERE owner = ? ORDER BY id', owner),
    isFolderTaken: (folder: string) => all(Resource, 'SELECT * FROM resources WHERE folder = ?', folder).length > 0,
    insertResource(resource: Omit<Resource, 'id'>): Resource {
      const { owner, label, format, content, tags, folder } = resource;
      const sql = 'INSERT INTO resources (owner, label, format, content, tags, folder) VALUES (?, ?, ?, ?, ?, ?)';
      return { ...resource, id: run(sql, owner, label, format, content, tags, folder) };
    },
    deleteResource(id: number) {
      run('DELETE FROM files WHERE resource = ?', id);
      run('DELETE FROM instances WHERE resource = ?', id);
      run('DELETE FROM resources WHERE id = ?', id);
    },
  };

  const files = {
    listFiles: (resource: number) => all(CatalogFile, 'SELECT * FROM files WHERE resource = ? ORDER BY path', resource),
    findFile: (resource: number, path: string) =>
      all(CatalogFile, 'SELECT * FROM files WHERE resource = ? AND path = ?', resource, path).at(0),
    putFiles(entries: CatalogFile[]) {
      transact(() => {
        for (const { resource, path: name, sizeBytes, digest, format, content, tags } of entries) {
          const sql = 'INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)';
          run(sql, resource, name, sizeBytes, digest, format, content, tags);
        }
      });
    },
    deleteFile(resource: number, name: string) {
      run('DELETE FROM files WHERE resource = ? AND path = ?', resource, name);
      run('DELETE FROM instances WHERE resource = ? AND path = ?', resource, name);
    },
    /** SOP Instance UIDs of files that came by the import service, by path. */
    listInstances: (resource: number): Map<string, string> =>
      new Map(
        all(Instance, 'SELECT path, uid FROM instances WHERE resource = ?', resource).map(({ path: name, uid }) => [
          name,
          uid,
        ]),
      ),
    putInstance(resource: number, name: string, uid: string) {
      run('INSERT OR REPLACE INTO instances VALUES (?, ?, ?)', resource, name, uid);
    },
  };

  return { transact, ...items, ...resources, ...files, close };
}
export type ArchiveStore = ReturnType<typeof openArchiveStore>;
