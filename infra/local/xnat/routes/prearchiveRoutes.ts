import { scanXsiType } from '../../../../core/submission/review/xsiTypes.ts';
import { type Answer, type Call, type Route, type Site, text } from '../call.ts';
import { removeRow } from '../prearchive/archiveSession.ts';
import { buildSession } from '../prearchive/buildSession.ts';
import { commitSession } from '../prearchive/commitSession.ts';
import { prearchiveResource } from '../prearchive/prearchiveResource.ts';
import type { PrearchivedFile, PrearchiveRow } from '../prearchive/prearchiveStore.ts';
import { rowUri } from '../prearchive/rowUri.ts';
import { uriList } from '../prearchive/uriList.ts';
import { refusal } from '../refusal.ts';
import { mayRead, requireEdit } from '../rights.ts';
import { table } from '../tables.ts';

const columns = [
  ...['project', 'timestamp', 'lastmod', 'uploaded', 'scan_date', 'scan_time', 'subject', 'folderName', 'name', 'tag'],
  ...['status', 'url', 'autoarchive', 'prevent_anon', 'prevent_auto_commit', 'SOURCE', 'VISIT', 'PROTOCOL', 'TIMEZONE'],
];

const rowTable = (query: URLSearchParams, rows: PrearchiveRow[]) =>
  table(query, {
    title: 'Prearchive',
    columns,
    rows: rows.map((row) => ({
      ...{ project: row.project, timestamp: row.timestamp, lastmod: row.lastmod, uploaded: row.uploaded },
      ...{ scan_date: '', scan_time: '', subject: row.subject, folderName: row.folder, name: row.name, tag: row.tag },
      ...{
        status: row.status,
        url: rowUri(row).replace('/data', ''),
        autoarchive: row.autoarchive,
        SOURCE: row.source,
      },
      ...{
        prevent_anon: row.preventAnon,
        prevent_auto_commit: row.preventAutoCommit,
        VISIT: '',
        PROTOCOL: '',
        TIMEZONE: '',
      },
    })),
  });

/** The row of prearchive/projects/P/TS/FOLDER. @throws refusal 404 */
function requireRow({ address, user }: Pick<Call, 'address' | 'user'>, { prearchive }: Site): PrearchiveRow {
  const [, , project = '', timestamp = '', folder = ''] = address.segments;
  const row = prearchive.findRow(project, timestamp, folder);
  if (row === undefined || !mayRead(user, project)) throw refusal(404, 'Unable to find the specified session');
  return row;
}

const show: Route = (call, site) => {
  const { address, query, user } = call;
  const [, , project, timestamp, , ...rest] = address.segments;
  if (timestamp === undefined) {
    const wanted = project?.split(',');
    const isWanted = (row: PrearchiveRow) => wanted?.includes(row.project) ?? true;
    const isAsked = (row: PrearchiveRow) => !query.has('tag') || row.tag === query.get('tag');
    const rows = site.prearchive.listRows().filter((row) => isWanted(row) && isAsked(row));
    return rowTable(
      query,
      rows.filter((row) => mayRead(user, row.project)),
    );
  }
  const row = requireRow(call, site);
  if (rest.length === 0) return query.get('format') === 'xml' ? sessionXml(row, site) : rowTable(query, [row]);
  if (rest[0] === 'logs') return text(row.log);
  if (rest[0] !== 'scans') throw refusal(404, 'There is no such resource');
  return below(call, { row, rest: rest.slice(1) }, site);
};

/** 404 before the session was built. */
function sessionXml(row: PrearchiveRow, { prearchive }: Site): Answer {
  if (!prearchive.isResting(row)) throw refusal(404, 'The session XML is not built yet');
  const scans = [...Map.groupBy(prearchive.listFiles(row.key), ({ scan }) => scan)].map(
    ([id, [first]]) => `<xnat:scan ID="${id}" UID="${first?.series}"/>`,
  );
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n<xnat:ImageSession xmlns:xnat="http://nrg.wustl.edu/xnat"';
  const body = `${head} label="${row.name}" project="${row.project}" UID="${row.tag}"><xnat:scans>${scans.join('')}</xnat:scans></xnat:ImageSession>\n`;
  return { status: 200, headers: { 'Content-Type': 'text/xml;charset=UTF-8' }, body };
}

const fileColumns = [
  'Name',
  'Size',
  'URI',
  'collection',
  'file_tags',
  'file_format',
  'file_content',
  'cat_ID',
  'digest',
];

/** scans[/N/resources[/L/files[/NAME]]] */
function below({ query }: Call, { row, rest }: { row: PrearchiveRow; rest: string[] }, site: Site): Answer {
  const [scan, resources, label, files, ...name] = rest;
  const all = site.prearchive.listFiles(row.key);
  if (scan === undefined) return scanTable(query, all);
  const own = all.filter((file) => file.scan === scan);
  if (own.length === 0 || resources !== 'resources' || (label !== undefined && label !== 'DICOM')) {
    throw refusal(404, 'Unable to find the specified resource');
  }
  if (label === undefined || files === undefined) {
    const size = own.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const rows = [{ label: 'DICOM', file_count: String(own.length), file_size: String(size), format: 'DICOM' }];
    return table(query, { title: 'Resources', columns: ['label', 'file_count', 'file_size', 'format'], rows });
  }
  const uri = `${rowUri(row)}/scans/${scan}/resources/DICOM/files`;
  if (name.length > 0) return readFile(own, { row, scan, path: name.join('/') }, site);
  // digests are computed when a session is archived
  const rows = own.map(({ path, sizeBytes }) => ({
    ...{ Name: path, Size: String(sizeBytes), URI: `${uri}/${encodeURIComponent(path)}`, collection: 'DICOM' },
    ...{ file_tags: '', file_format: 'DICOM', file_content: 'RAW', cat_ID: '', digest: '' },
  }));
  return table(query, { title: 'Files', columns: fileColumns, rows });
}

function scanTable(query: URLSearchParams, files: PrearchivedFile[]): Answer {
  const rows = [...Map.groupBy(files, ({ scan }) => scan)].map(([ID, [first]]) => ({
    ...{ ID, xsiType: scanXsiType(first?.sopClass ?? ''), UID: first?.series ?? '', type: '', quality: '' },
  }));
  return table(query, { title: 'Scans', columns: ['ID', 'type', 'quality', 'xsiType', 'UID'], rows });
}

interface FilePlace {
  row: PrearchiveRow;
  scan: string;
  path: string;
}

function readFile(files: PrearchivedFile[], { row, scan, path }: FilePlace, { folder }: Site): Answer {
  const file = files.find((each) => each.path === path);
  if (file === undefined) throw refusal(404, 'Unable to find the specified file');
  const headers = { 'Content-Type': 'application/octet-stream', 'Content-Length': String(file.sizeBytes) };
  return { status: 200, headers, body: folder.read(prearchiveResource(row, scan), path) };
}

const act: Route = async (call, site) => {
  const row = requireRow(call, site);
  requireEdit(call.user, row.project);
  const action = call.query.get('action');
  if (action === 'build') return uriList([rowUri(await buildSession(row, site))], site);
  if (action === 'commit') return commitSession(row, call, site);
  if (action === 'move') return move(row, call, site);
  throw refusal(400, 'The action is not supported');
};

async function move(row: PrearchiveRow, { query, user }: Call, site: Site): Promise<Answer> {
  const project = query.get('newProject') ?? '';
  if (site.store.findItem('project', '', project) === undefined) throw refusal(404, 'Unable to identify project');
  requireEdit(user, project);
  if (!site.prearchive.isResting(row) && row.status !== 'RECEIVING') throw refusal(409, 'session document locked');
  site.prearchive.setStatus(row.key, 'MOVING');
  const moved = { ...row, project };
  for (const { scan, path } of site.prearchive.listFiles(row.key)) {
    await site.folder.link(prearchiveResource(row, scan), prearchiveResource(moved, scan), path);
  }
  const scans = new Set(site.prearchive.listFiles(row.key).map(({ scan }) => scan));
  for (const scan of scans) await site.folder.removeAll(prearchiveResource(row, scan));
  site.prearchive.moveRow(row.key, project);
  return uriList([rowUri(moved)], site, 301);
}

const remove: Route = async (call, site) => {
  const row = requireRow(call, site);
  requireEdit(call.user, row.project);
  // XNAT lets what it works on be, and answers 200 (PrearcDatabase.deleteSession, setStatus)
  if (!site.prearchive.isResting(row) && row.status !== 'RECEIVING') return text('');
  site.prearchive.setStatus(row.key, 'DELETING');
  await removeRow(row, site);
  return text('');
};

/** services/prearchive/{move,delete,rebuild}: the same, for each `src`. */
const batch: Route = async (call, site) => {
  const name = call.address.segments[2] ?? '';
  const works: Record<string, Route | undefined> = { delete: remove, move: act, rebuild: act };
  const work = works[name];
  if (work === undefined) throw refusal(404, 'There is no such resource');
  call.query.set('action', name === 'rebuild' ? 'build' : name);
  const touched: PrearchiveRow[] = [];
  for (const src of call.query.getAll('src')) {
    const segments = src
      .replace(/^\/data/, '')
      .split('/')
      .filter((segment) => segment !== '');
    const one = { ...call, address: { ...call.address, segments } };
    const row = requireRow(one, site);
    await work(one, site);
    touched.push(site.prearchive.getRow(row.key) ?? row);
  }
  return rowTable(call.query, touched);
};

export const prearchiveRoutes = {
  prearchive: { GET: show, POST: act, DELETE: remove },
  'services/prearchive': { POST: batch },
} satisfies Record<string, Record<string, Route>>;
