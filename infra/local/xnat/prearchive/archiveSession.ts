import { setTimeout as wait } from 'node:timers/promises';
import { scanXsiType, sessionXsiType } from '../../../../core/submission/review/xsiTypes.ts';
import type { Item, ItemKind, Resource } from '../archiveStore.ts';
import type { Site } from '../call.ts';
import { createResource } from '../createResource.ts';
import { pullHeaders } from '../pullHeaders.ts';
import { refusal } from '../refusal.ts';
import { writeCatalog } from '../storeFiles.ts';
import { archiveConflicts, type MergeRules } from './archiveConflicts.ts';
import { prearchiveResource } from './prearchiveResource.ts';
import type { PrearchivedFile, PrearchiveRow } from './prearchiveStore.ts';

interface Archiving {
  rules: MergeRules;
  login: string;
  site: Site;
}

/**
 * Brings a row into the archive; answers the session's address there. The prearchive's files go last, so that a crash
 * leaves the row with all of them.
 * @throws refusal 403 for an unassigned row, 423 for one that is being archived, 409 for a conflict, which stays as the
 * row's status and log
 */
export async function archiveSession({ key }: PrearchiveRow, { rules, login, site }: Archiving): Promise<string> {
  const { prearchive, faults } = site;
  const row = prearchive.getRow(key);
  if (row === undefined) throw refusal(404, 'Unable to find the specified session');
  if (row.project === 'Unassigned') throw refusal(403, 'Unassigned sessions cannot be archived');
  if (row.status === 'ARCHIVING') throw refusal(423, 'Duplicate archive attempt: operation already in progress');
  prearchive.setStatus(key, 'ARCHIVING');
  await wait(faults.get().archiveMs);
  const files = prearchive.listFiles(key);
  const conflicts =
    files.length === 0 ? ['Empty sessions cannot be archived.'] : archiveConflicts({ row, files, rules }, site);
  if (conflicts.length > 0) {
    if (faults.get().keepsConflicts)
      prearchive.setStatus(key, files.length === 0 ? 'ERROR' : 'CONFLICT', conflicts.join('\n'));
    else await removeRow(row, site);
    throw refusal(409, conflicts[0] ?? '');
  }
  const session = await moveIn({ row, files, login }, site);
  await removeRow(row, site);
  return `/data/archive/projects/${row.project}/subjects/${row.subject}/experiments/${session.label}`;
}

/** Takes a row and its files away. */
export async function removeRow(row: PrearchiveRow, { prearchive, folder }: Site): Promise<void> {
  const scans = new Set(prearchive.listFiles(row.key).map(({ scan }) => scan));
  for (const scan of scans) await folder.removeAll(prearchiveResource(row, scan));
  prearchive.deleteRow(row.key);
}

interface Movable {
  row: PrearchiveRow;
  files: PrearchivedFile[];
  login: string;
}

async function moveIn({ row, files, login }: Movable, site: Site): Promise<Item> {
  const session = site.store.transact(() => openSession({ row, files, login }, site));
  for (const [scan, own] of Map.groupBy(files, (file) => file.scan)) {
    const resource = site.store.transact(() => openScan({ session, scan, files: own, login }, site));
    for (const { path } of own) await site.folder.link(prearchiveResource(row, scan), resource, path);
    const digests = site.faults.get().digests;
    site.store.putFiles(
      own.map(({ path, sizeBytes, digest }) => ({
        ...{ resource: resource.id, path, sizeBytes, digest: digests ? digest : '' },
        ...{ format: 'DICOM', content: 'RAW', tags: '' },
      })),
    );
    for (const { path, instance } of own) site.store.putInstance(resource.id, path, instance);
    writeCatalog(resource, site);
  }
  await pullHeaders(session, site);
  return session;
}

function openSession({ row, files, login }: Movable, site: Site): Item {
  const { store } = site;
  const project = store.findItem('project', '', row.project);
  if (project === undefined) throw refusal(404, 'Unable to identify project');
  const number = (name: string) => String(store.nextNumber(name)).padStart(5, '0');
  const make = makerOf(site, login);
  const subject =
    store.listChildren(project.key).find(({ label }) => label.toLowerCase() === row.subject.toLowerCase()) ??
    make('subject', {
      id: `XNAT_S${number('subject')}`,
      label: row.subject,
      above: project,
      xsiType: 'xnat:subjectData',
    });
  const standing = store.findItem('experiment', project.id, row.name);
  if (standing !== undefined) return standing;
  const xsiType = sessionXsiType(files.map(({ sopClass }) => sopClass));
  const session = make('experiment', { id: `XNAT_E${number('experiment')}`, label: row.name, above: subject, xsiType });
  store.updateItem({ ...session, fields: { UID: row.tag } });
  return session;
}

interface ScanFiles {
  session: Item;
  scan: string;
  files: PrearchivedFile[];
  login: string;
}

/** The scan of a series; a number that another series has gets a suffix. */
function openScan({ session, scan, files, login }: ScanFiles, site: Site): Resource {
  const { store } = site;
  const [first] = files;
  const scans = store.listChildren(session.key);
  const own = scans.find(({ fields }) => fields.UID === first?.series);
  const isTaken = (id: string) => scans.some((each) => each.id === id);
  let id = scan;
  for (let suffix = 1; own === undefined && isTaken(id); suffix += 1) id = `${scan}-MR${suffix}`;
  const xsiType = scanXsiType(first?.sopClass ?? '');
  const item = own ?? makerOf(site, login)('scan', { id, label: id, above: session, xsiType });
  if (own === undefined) store.updateItem({ ...item, fields: { UID: first?.series ?? '' } });
  const standing = store.listResources(item.key).find(({ label }) => label === 'DICOM');
  return standing ?? createResource(item, { label: 'DICOM', format: 'DICOM', content: 'RAW', tags: '' }, site);
}

interface NewItem {
  id: string;
  label: string;
  above: Item;
  xsiType: string;
}

const makerOf =
  ({ store, now }: Site, insertUser: string) =>
  (kind: ItemKind, { id, label, above, xsiType }: NewItem): Item => {
    const inserted = now().toISOString().replace('T', ' ').slice(0, 19);
    const scope = kind === 'scan' ? String(above.key) : kind === 'subject' ? above.id : above.scope;
    return store.insertItem({ kind, id, label, scope, parent: above.key, xsiType, fields: {}, inserted, insertUser });
  };
