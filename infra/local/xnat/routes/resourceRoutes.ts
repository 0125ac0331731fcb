import type { Item, Resource } from '../archiveStore.ts';
import { type Route, type Site, text } from '../call.ts';
import { catalogXml } from '../catalogXml.ts';
import { createResource } from '../createResource.ts';
import { findPlace, findResource, projectOf, requireItem, selectItems } from '../place.ts';
import { refusal } from '../refusal.ts';
import { mayFill, requireDelete } from '../rights.ts';
import { type Row, table } from '../tables.ts';

const columns = [
  'xnat_abstractresource_id',
  'label',
  'element_name',
  'category',
  'cat_id',
  'cat_desc',
  'file_count',
  'file_size',
  'tags',
  'content',
  'format',
];

const categories = { project: 'project', subject: 'subjects', experiment: 'resources', scan: 'scans' } as const;

function resourceRow(owner: Item, { id, label, tags, content, format }: Resource, { store }: Site): Row {
  const files = store.listFiles(id);
  return {
    xnat_abstractresource_id: String(id),
    label,
    element_name: 'xnat:resourceCatalog',
    category: categories[owner.kind],
    cat_id: owner.id,
    cat_desc: owner.fields.type ?? '',
    file_count: String(files.length),
    file_size: String(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)),
    tags,
    content,
    format,
  };
}

const list: Route = ({ address, query }, site) => {
  const owners = selectItems(address, site.store);
  // all=true lists the resources of the scans as well
  const below = query.get('all') === 'true' ? owners.flatMap(({ key }) => site.store.listChildren(key)) : [];
  const rows = [...owners, ...below].flatMap((owner) =>
    site.store.listResources(owner.key).map((resource) => resourceRow(owner, resource, site)),
  );
  return table(query, { title: 'Resources', columns, rows });
};

const show: Route = ({ address, query }, site) => {
  const owner = requireItem(address, findPlace(address, site.store));
  const resource = findResource(site.store, owner, address.resource ?? '');
  if (resource === undefined) throw refusal(404, 'Unable to find the specified resource');
  if (query.get('format') === 'json') {
    return table(query, { title: 'Resource', columns, rows: [resourceRow(owner, resource, site)] });
  }
  const body = catalogXml(resource, site.store);
  return { status: 200, headers: { 'Content-Type': 'text/xml;charset=UTF-8' }, body };
};

const put: Route = ({ address, query, user }, site) => {
  const owner = requireItem(address, findPlace(address, site.store));
  if (!mayFill(user, owner, projectOf(owner, site.store))) {
    throw refusal(403, "User account doesn't have permission to modify this session.");
  }
  const label = address.resource ?? '';
  if (findResource(site.store, owner, label) !== undefined) throw refusal(409, 'Specified resource already exists.');
  const value = (name: string) => query.get(name) ?? '';
  createResource(owner, { label, format: value('format'), content: value('content'), tags: value('tags') }, site);
  return text('');
};

const remove: Route = async ({ address, user }, site) => {
  const owner = requireItem(address, findPlace(address, site.store));
  requireDelete(user, projectOf(owner, site.store));
  const resource = findResource(site.store, owner, address.resource ?? '');
  if (resource === undefined) throw refusal(404, 'Unable to find the specified resource');
  site.store.deleteResource(resource.id);
  await site.folder.removeAll(resource);
  return text('');
};

export const resourceRoutes = {
  resources: { GET: list },
  resource: { GET: show, PUT: put, DELETE: remove },
} satisfies Record<string, Record<string, Route>>;
