import * as z from 'zod';
import { openDatabase } from '../openDatabase.ts';

/** XNAT's PrearcUtils.PrearcStatus, without those of its queue. READY, CONFLICT and ERROR rest, the others pass. */
const Status = z.enum([
  'RECEIVING',
  'RECEIVING_INTERRUPT',
  'BUILDING',
  'READY',
  'CONFLICT',
  'ERROR',
  'ARCHIVING',
  'MOVING',
  'DELETING',
]);
type Status = z.infer<typeof Status>;

const resting: ReadonlySet<Status> = new Set(['READY', 'CONFLICT', 'ERROR']);

/** One session in the prearchive. */
export const PrearchiveRow = z.object({
  key: z.int(),
  project: z.string(),
  /** yyyyMMdd_HHmmssSSS, and with the folder its address. */
  timestamp: z.string(),
  folder: z.string(),
  /** Label of the session to be. */
  name: z.string(),
  subject: z.string(),
  /** StudyInstanceUID. */
  tag: z.string(),
  status: Status,
  uploaded: z.string(),
  lastmod: z.string(),
  /** Auto-archive code of the row; empty where it has none. */
  autoarchive: z.string(),
  preventAnon: z.string(),
  preventAutoCommit: z.string(),
  source: z.string(),
  /** Why it is in CONFLICT or ERROR. */
  log: z.string(),
});
export type PrearchiveRow = z.infer<typeof PrearchiveRow>;

export const PrearchivedFile = z.object({
  row: z.int(),
  scan: z.string(),
  /** SeriesInstanceUID. */
  series: z.string(),
  /** SOP Instance UID and class. */
  instance: z.string(),
  sopClass: z.string(),
  /** Name in the scan's DICOM folder. */
  path: z.string(),
  sizeBytes: z.int(),
  digest: z.string(),
});
export type PrearchivedFile = z.infer<typeof PrearchivedFile>;

const Event = z.object({
  key: z.string(),
  payload: z.string(),
  succeeded: z.int().nullable(),
  finalMessage: z.string(),
});

const tables = `
CREATE TABLE IF NOT EXISTS rows (
  key INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, timestamp TEXT NOT NULL, folder TEXT NOT NULL,
  name TEXT NOT NULL, subject TEXT NOT NULL, tag TEXT NOT NULL, status TEXT NOT NULL, uploaded TEXT NOT NULL,
  lastmod TEXT NOT NULL, autoarchive TEXT NOT NULL, preventAnon TEXT NOT NULL, preventAutoCommit TEXT NOT NULL,
  source TEXT NOT NULL, log TEXT NOT NULL, UNIQUE (project, timestamp, folder));
CREATE TABLE IF NOT EXISTS files (
  row INTEGER NOT NULL, scan TEXT NOT NULL, series TEXT NOT NULL, instance TEXT NOT NULL, sopClass TEXT NOT NULL,
  path TEXT NOT NULL, sizeBytes INTEGER NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (row, scan, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
  login TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL, succeeded INTEGER, finalMessage TEXT NOT NULL,
  PRIMARY KEY (login, key)) WITHOUT ROWID;
`;

/** Rows of the prearchive, their files, and what `event_tracking` tells of work that was queued. */
export function openPrearchiveStore(path: string, now: () => Date) {
  const { run, all, close } = openDatabase(path, tables);
  // what was under way when the process ended stays for a person to look at, as it does in XNAT
  run("UPDATE rows SET status = 'RECEIVING' WHERE status IN ('BUILDING', 'RECEIVING_INTERRUPT')");
  run(
    "UPDATE rows SET status = 'ERROR', log = 'The server was restarted' WHERE status IN ('ARCHIVING', 'MOVING', 'DELETING')",
  );

  const time = () => now().toISOString().replace('T', ' ').replace('Z', '');
  const rows = {
    isResting: ({ status }: PrearchiveRow) => resting.has(status),
    listRows: () => all(PrearchiveRow, 'SELECT * FROM rows ORDER BY key'),
    getRow: (key: number) => all(PrearchiveRow, 'SELECT * FROM rows WHERE key = ?', key).at(0),
    findRow: (project: string, timestamp: string, folder: string) =>
      all(
        PrearchiveRow,
        'SELECT * FROM rows WHERE project = ? AND timestamp = ? AND folder = ?',
        project,
        timestamp,
        folder,
      ).at(0),
    insertRow(
      row: Omit<PrearchiveRow, 'key' | 'timestamp' | 'folder' | 'uploaded' | 'lastmod' | 'status' | 'log'>,
    ): PrearchiveRow {
      const timestamp = time().replaceAll('-', '').replaceAll(':', '').replace(' ', '_').replace('.', '');
      const taken = all(
        PrearchiveRow,
        'SELECT * FROM rows WHERE project = ? AND timestamp = ?',
        row.project,
        timestamp,
      ).length;
      const made = { ...row, timestamp, folder: taken === 0 ? row.name : `${row.name}_${taken}` };
      const whole = { ...made, uploaded: time(), lastmod: time(), status: 'RECEIVING' as const, log: '' };
      const names = Object.keys(whole);
      const sql = `INSERT INTO rows (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
      return { ...whole, key: run(sql, ...Object.values(whole)) };
    },
    setStatus(key: number, status: Status, log = '') {
      run('UPDATE rows SET status = ?, log = ?, lastmod = ? WHERE key = ?', status, log, time(), key);
    },
    moveRow(key: number, project: string) {
      run("UPDATE rows SET project = ?, status = 'READY', lastmod = ? WHERE key = ?", project, time(), key);
    },
    deleteRow(key: number) {
      run('DELETE FROM files WHERE row = ?', key);
      run('DELETE FROM rows WHERE key = ?', key);
    },
  };
  const files = {
    listFiles: (row: number) => all(PrearchivedFile, 'SELECT * FROM files WHERE row = ? ORDER BY scan, path', row),
    putFile({ row, scan, series, instance, sopClass, path: name, sizeBytes, digest }: PrearchivedFile) {
      const sql = 'INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)';
      run(sql, row, scan, series, instance, sopClass, name, sizeBytes, digest);
    },
  };
  const events = {
    putEvent(login: string, event: z.infer<typeof Event>) {
      const { key, payload, succeeded, finalMessage } = event;
      run('INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?, ?)', login, key, payload, succeeded, finalMessage);
    },
    findEvent: (login: string, key: string) =>
      all(Event, 'SELECT * FROM events WHERE login = ? AND key = ?', login, key).at(0),
  };
  return { ...rows, ...files, ...events, close };
}
export type PrearchiveStore = ReturnType<typeof openPrearchiveStore>;
