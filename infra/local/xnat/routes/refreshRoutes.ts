import { parseAddress } from '../address.ts';
import type { CatalogFile, Resource } from '../archiveStore.ts';
import { type Route, type Site, text } from '../call.ts';
import { digestFile } from '../digestFile.ts';
import { findPlace, findResource, projectOf, requireItem } from '../place.ts';
import { refusal } from '../refusal.ts';
import { requireEdit } from '../rights.ts';
import { writeCatalog } from '../storeFiles.ts';
import type { XnatUser } from '../xnatOptions.ts';

const steps = ['append', 'checksum', 'delete', 'populateStats'] as const;
type Step = (typeof steps)[number];

function stepsOf(query: URLSearchParams, digests: boolean): Set<Step> {
  const listed = (query.get('options') ?? '').split(',');
  const asked = steps.filter((step) => listed.includes(step) || query.get(step) === 'true');
  if (asked.length > 0) return new Set(asked);
  return new Set(steps.filter((step) => step !== 'checksum' || digests));
}

async function refreshResource(resource: Resource, wanted: Set<Step>, site: Site): Promise<void> {
  const { store, folder } = site;
  const onDisk = new Set(await folder.list(resource));
  const listed = new Map(store.listFiles(resource.id).map((file) => [file.path, file]));
  if (wanted.has('delete')) {
    for (const path of listed.keys()) if (!onDisk.has(path)) store.deleteFile(resource.id, path);
  }
  for (const path of onDisk) {
    const found = listed.get(path);
    if (found !== undefined || wanted.has('append')) await refreshFile({ resource, path, found }, wanted, site);
  }
  writeCatalog(resource, site);
}

interface FileOnDisk {
  resource: Resource;
  path: string;
  /** Its catalog entry, where it has one. */
  found: CatalogFile | undefined;
}

async function refreshFile({ resource, path, found }: FileOnDisk, wanted: Set<Step>, { store, folder }: Site) {
  const { id, format, content, tags } = resource;
  const file: CatalogFile = found ?? { resource: id, path, sizeBytes: 0, digest: '', format, content, tags };
  const isCounted = found === undefined || wanted.has('populateStats');
  const isDigested = wanted.has('checksum') && file.digest === '';
  store.putFiles([
    {
      ...file,
      digest: isDigested ? await digestFile(folder.pathOf(resource, path)) : file.digest,
      sizeBytes: isCounted ? ((await folder.stat(resource, path))?.size ?? 0) : file.sizeBytes,
    },
  ]);
}

/** @throws refusal 400 for what is no path, 404 for what is absent, 403 without the right to edit */
function resourcesAt(uri: string, user: XnatUser, { store }: Site): Resource[] {
  const address = parseAddress(uri.startsWith('/data/') ? uri : `/data${uri}`);
  if (address === undefined) throw refusal(400, 'The parameter resource is no path');
  const owner = requireItem(address, findPlace(address, store));
  requireEdit(user, projectOf(owner, store));
  if (address.resource === undefined) return store.listResources(owner.key);
  const resource = findResource(store, owner, address.resource);
  if (resource === undefined) throw refusal(404, 'Unable to find the specified resource');
  return [resource];
}

/** Brings catalogs in line with the disk: appends, digests, deletes and recounts as `options` says. */
const refresh: Route = async ({ query, user }, site) => {
  const uris = query.getAll('resource');
  if (uris.length === 0) throw refusal(400, 'The parameter resource is absent');
  const wanted = stepsOf(query, site.faults.get().digests);
  for (const resource of uris.flatMap((uri) => resourcesAt(uri, user, site)))
    await refreshResource(resource, wanted, site);
  return text('');
};

export const refreshRoutes = {
  'services/refresh/catalog': { GET: refresh, POST: refresh },
} satisfies Record<string, Record<string, Route>>;
