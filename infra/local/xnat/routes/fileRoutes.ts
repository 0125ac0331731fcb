import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { CatalogFile, Item, Resource } from '../archiveStore.ts';
import { type Answer, type Call, type Route, type Site, text } from '../call.ts';
import { itemUri } from '../itemView.ts';
import { findPlace, findResource, projectOf, requireItem, selectItems } from '../place.ts';
import { mediaType, receiveUpload } from '../receiveUpload.ts';
import { refusal } from '../refusal.ts';
import { mayFill, requireDelete } from '../rights.ts';
import { storeFiles, writeCatalog } from '../storeFiles.ts';
import { table } from '../tables.ts';

const columns = ['Name', 'Size', 'URI', 'collection', 'file_tags', 'file_format', 'file_content', 'cat_ID', 'digest'];

/**
 * XNAT's address of a resource, relative to its root. As XNAT does, it names project and subject where the question did
 * (XNATCatalogTemplate.getBaseURI).
 */
function resourceUri({ address }: Call, { store }: Site, { owner, resource }: Pick<Selected, 'owner' | 'resource'>) {
  const uri = `${itemUri(store, owner)}/resources/${resource.id}`;
  const { project, subject } = findPlace(address, store);
  if (project === undefined || subject === undefined) return uri;
  const above = `/data/projects/${project.id}/subjects/${subject.id}`;
  return owner.kind === 'subject' ? `${above}/resources/${resource.id}` : uri.replace('/data', above);
}

const encodePath = (path: string) => path.split('/').map(encodeURIComponent).join('/');

const fileRow = (file: CatalogFile, resource: Resource, uri: string) => ({
  Name: file.path.slice(file.path.lastIndexOf('/') + 1),
  Size: String(file.sizeBytes),
  URI: `${uri}/files/${encodePath(file.path)}`,
  collection: resource.label,
  file_tags: file.tags,
  file_format: file.format,
  file_content: file.content,
  cat_ID: String(resource.id),
  digest: file.digest,
});

interface Selected {
  owner: Item;
  resource: Resource;
  files: CatalogFile[];
}

/** Resources an address covers, with their files that pass the filters. */
function selectFiles({ address, query }: Call, { store }: Site): Selected[] {
  const filters = [
    ['file_format', 'format'],
    ['file_content', 'content'],
  ] as const;
  const isWanted = (file: CatalogFile) =>
    filters.every(([name, field]) => !query.has(name) || query.get(name) === file[field]);
  return selectItems(address, store).flatMap((owner) =>
    store
      .listResources(owner.key)
      .filter(({ id, label }) => address.resource === undefined || [label, String(id)].includes(address.resource))
      .map((resource) => ({ owner, resource, files: store.listFiles(resource.id).filter(isWanted) })),
  );
}

const list: Route = (call, site) => {
  const selected = selectFiles(call, site);
  if (call.address.resource !== undefined && selected.length === 0) {
    if (call.query.get('accept-not-found') === 'true') return { status: 204 };
    throw refusal(404, 'Unable to find the specified resource');
  }
  if (call.query.get('format') === 'zip') return zipOf(selected, site);
  const rows = selected.flatMap(({ owner, resource, files }) =>
    files.map((file) => fileRow(file, resource, resourceUri(call, site, { owner, resource }))),
  );
  return table(call.query, { title: 'Files', columns, rows });
};

function zipOf(selected: Selected[], { store, folder }: Site): Answer {
  const zip = new ZipFile();
  for (const { owner, resource, files } of selected) {
    const session = owner.kind === 'scan' ? (store.getItem(owner.parent)?.label ?? '') : owner.label;
    const prefix = owner.kind === 'scan' ? `${session}/scans/${owner.id}` : session;
    for (const { path } of files) {
      zip.addFile(folder.pathOf(resource, path), `${prefix}/resources/${resource.label}/files/${path}`, {
        compress: false,
      });
    }
  }
  zip.end();
  const body = new Readable().wrap(zip.outputStream);
  zip.on('error', (error) => body.destroy(error));
  return { status: 200, headers: { 'Content-Type': 'application/zip' }, body };
}

const store: Route = async (call, site) => {
  const { address, request, query, user } = call;
  const owner = requireItem(address, findPlace(address, site.store));
  if (!mayFill(user, owner, projectOf(owner, site.store))) {
    if (!site.faults.get().silentRefusal) throw refusal(403, 'User account does not have permission to edit this');
    return text('');
  }
  if (address.resource === undefined) throw refusal(400, 'The path names no resource');
  const upload = await receiveUpload(request, query, site);
  const path = `/${address.segments.join('/')}`;
  const isZip = mediaType(request) === 'application/zip';
  const destination = { owner, resource: address.resource, file: address.file, path, isZip };
  const duplicates = await storeFiles(upload, destination, site);
  if (duplicates.length === 0) return text('');
  if (!site.faults.get().quietDuplicates) throw refusal(409, 'The file exists already');
  return { status: 200, headers: { 'Content-Type': 'text/html;charset=UTF-8' }, body: JSON.stringify({ duplicates }) };
};

function requireFile({ address }: Call, site: Site): { resource: Resource; file: CatalogFile } | undefined {
  const owner = requireItem(address, findPlace(address, site.store));
  const resource = findResource(site.store, owner, address.resource ?? '');
  const file = resource && site.store.findFile(resource.id, address.file ?? '');
  return resource && file && { resource, file };
}

const types: Record<string, string> = { '.txt': 'text/plain', '.json': 'application/json', '.xml': 'text/xml' };

const read: Route = async (call, site) => {
  const found = requireFile(call, site);
  const stats = found && (await site.folder.stat(found.resource, found.file.path));
  if (found === undefined || stats === undefined) throw refusal(404, 'Unable to find the specified file');
  const since = Date.parse(call.request.headers['if-modified-since'] ?? '');
  // HTTP dates have whole seconds
  if (Math.floor(stats.mtimeMs / 1000) * 1000 <= since) return { status: 304 };
  const headers = {
    'Content-Type': types[extname(found.file.path)] ?? 'application/octet-stream',
    'Content-Length': String(stats.size),
    'Last-Modified': stats.mtime.toUTCString(),
    'Cache-Control': 'must-revalidate',
    // a stored HTML or SVG file must not run in the site's origin
    'Content-Disposition': 'attachment',
  };
  return { status: 200, headers, body: site.folder.read(found.resource, found.file.path) };
};

const remove: Route = async (call, site) => {
  const owner = requireItem(call.address, findPlace(call.address, site.store));
  requireDelete(call.user, projectOf(owner, site.store));
  const found = requireFile(call, site);
  if (found === undefined) {
    if (call.query.get('accept-not-found') === 'true') return { status: 204 };
    throw refusal(404, 'Unable to find the specified file');
  }
  site.store.deleteFile(found.resource.id, found.file.path);
  await site.folder.remove(found.resource, found.file.path);
  writeCatalog(found.resource, site);
  return text('');
};

export const fileRoutes = {
  files: { GET: list, PUT: store, POST: store },
  file: { GET: read, PUT: store, POST: store, DELETE: remove },
} satisfies Record<string, Record<string, Route>>;
