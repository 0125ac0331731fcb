import type { Item, ItemKind } from '../archiveStore.ts';
import { type Answer, type Call, json, type Route, type Site, text } from '../call.ts';
import { columnOf, itemNode, itemRows, itemXml } from '../itemView.ts';
import { findPlace, projectOf, requireItem, selectItems } from '../place.ts';
import { pullHeaders } from '../pullHeaders.ts';
import { deleteItem, type Put, putExperiment, putProject, putScan, putSubject } from '../putItems.ts';
import { refusal } from '../refusal.ts';
import { mayEdit, mayRead, requireDelete, requireEdit } from '../rights.ts';
import { table } from '../tables.ts';

const titles: Record<ItemKind, string> = {
  project: 'Projects',
  subject: 'Subjects',
  experiment: 'Matching experiments',
  scan: 'Scans',
};

/** Types that stand for every session. */
const sessionBaseTypes = new Set(['xnat:subjectAssessorData', 'xnat:experimentData', 'xnat:imageSessionData']);

const itemsOf = (kind: ItemKind, { address }: Call, { store }: Site): Item[] => {
  if (kind === 'scan') return store.listChildren(requireItem(address, findPlace(address, store)).key);
  if (address.project === undefined && address.subject === undefined) return store.listItems(kind);
  const above = requireItem(address, findPlace(address, store));
  const children = store.listChildren(above.key);
  if (kind === 'experiment' && above.kind === 'project') return children.flatMap(({ key }) => store.listChildren(key));
  return children;
};

/** `name=value` filters by equality; `xsiType` also takes a comma list and base types. */
const isWanted = (item: Item, query: URLSearchParams, { store }: Site) =>
  [...query].every(([name, value]) => {
    if (name === 'columns' || name === 'format' || value === '') return true;
    if (name === 'xsiType') return value.split(',').some((type) => type === item.xsiType || sessionBaseTypes.has(type));
    return listOptions.has(name) || columnOf(store, item, name) === value;
  });

/** What the caller may read, and of projects those that are asked for by the right to write there. */
function isVisible(item: Item, { user, query }: Call, { store }: Site): boolean {
  const project = projectOf(item, store);
  if (!mayRead(user, project)) return false;
  const asksWritable = query.get('permissions') === 'edit' || query.get('data') === 'writable';
  return item.kind !== 'project' || !asksWritable || mayEdit(user, project);
}

/** Options of listings, which are no columns. */
const listOptions = new Set(['permissions', 'dataType', 'accessible', 'data', 'restrict', 'prearc_code', 'sortBy']);

const list =
  (kind: ItemKind): Route =>
  (call, site) => {
    const items = itemsOf(kind, call, site).filter(
      (item) => isVisible(item, call, site) && (kind === 'project' || isWanted(item, call.query, site)),
    );
    const { columns, rows } = itemRows(site.store, items, { kind, columns: call.query.get('columns') });
    return table(call.query, { title: titles[kind], columns, rows });
  };

const show: Route = ({ address, query }, { store }) => {
  const item = requireItem(address, findPlace(address, store));
  if (query.get('format') !== 'xml') return json({ items: [itemNode(store, item)] });
  return { status: 200, headers: { 'Content-Type': 'text/xml;charset=UTF-8' }, body: itemXml(store, item) };
};

/** The project of the path, or of the session that the path names by its ID. */
const projectNamed = ({ address }: Call, { store }: Site) =>
  address.project ?? store.findItemById('experiment', address.experiment ?? '')?.scope;

const put =
  (write: (call: Call, site: Site) => Put): Route =>
  async (call, site) => {
    requireEdit(call.user, projectNamed(call, site));
    const { item, isNew } = site.store.transact(() => write(call, site));
    if (call.query.get('pullDataFromHeaders') === 'true') await pullHeaders(item, site);
    const isRenamed = item.kind === 'experiment' && call.query.has('label') && !isNew;
    return item.kind === 'scan' || isRenamed ? text('') : text(item.id, isNew ? 201 : 200);
  };

/** POST to a collection of sessions creates, and refuses what exists. */
const create: Route = (call, site) => {
  const label = call.query.get('label');
  if (label === null) throw refusal(417, 'Need PUT Contents');
  const address = { ...call.address, kind: 'experiment' as const, experiment: label };
  if (findPlace(address, site.store).experiment !== undefined) throw refusal(409, 'The session already exists');
  return put(putExperiment)({ ...call, address }, site);
};

const remove: Route = async (call, site): Promise<Answer> => {
  requireDelete(call.user, projectNamed(call, site));
  for (const item of selectItems(call.address, site.store)) await deleteItem(item, site);
  return text('');
};

export const itemRoutes = {
  projects: { GET: list('project') },
  project: { GET: show, PUT: put(putProject), DELETE: remove },
  subjects: { GET: list('subject') },
  subject: { GET: show, PUT: put(putSubject), DELETE: remove },
  experiments: { GET: list('experiment'), POST: create },
  experiment: { GET: show, PUT: put(putExperiment), DELETE: remove },
  scans: { GET: list('scan') },
  scan: { GET: show, PUT: put(putScan), DELETE: remove },
} satisfies Record<string, Record<string, Route>>;
