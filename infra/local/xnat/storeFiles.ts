import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { Arrived } from './archiveFolder.ts';
import type { CatalogFile, Item, Resource } from './archiveStore.ts';
import type { Site } from './call.ts';
import { catalogXml } from './catalogXml.ts';
import { createResource } from './createResource.ts';
import { findResource } from './place.ts';
import type { Upload } from './receiveUpload.ts';
import { refusal } from './refusal.ts';
import { unpackZip } from './unpackZip.ts';

interface Destination {
  owner: Item;
  /** Label or numeric id; a label that is absent is created. */
  resource: string;
  /** Path within the resource, where the address gives one. */
  file: string | undefined;
  /** Path of the request, for faults. */
  path: string;
  /** The body is a ZIP by its media type. */
  isZip: boolean;
}

interface NamedFile {
  name: string;
  arrived: Arrived;
}

/**
 * Stores what arrived. An existing path is replaced with `overwrite=true` and otherwise left and named in the answer.
 * Bytes are in place before the catalog tells of them, so that a crash leaves files unlisted, never listed and absent.
 * @throws refusal 400 for an archive that cannot be unpacked, 500 for a simulated catalog race
 */
export async function storeFiles(upload: Upload, destination: Destination, site: Site): Promise<string[]> {
  const { parameters } = upload;
  const resource = openResource(destination, parameters, site);
  const isKept = (name: string) =>
    parameters.get('overwrite') !== 'true' && site.store.findFile(resource.id, name) !== undefined;
  const duplicates: string[] = [];
  const files: NamedFile[] = [];
  const take = async (name: string, receive: () => Promise<Arrived>) => {
    site.folder.pathOf(resource, name);
    if (isKept(name)) duplicates.push(name);
    else files.push({ name, arrived: await receive() });
  };
  try {
    const unpack = async (name: string, archive: AsyncIterable<Uint8Array>) => {
      if (!destination.isZip && !name.toLowerCase().endsWith('.zip')) throw refusal(400, 'Unsupported format');
      await unpackZip(archive, (entry, body) => take(entry, () => site.folder.receive(body)));
    };
    if (upload.archive !== undefined) await unpack(destination.file ?? '', upload.archive);
    for (const { name: sentName, arrived } of upload.files) {
      const name = destination.file ?? basename(sentName ?? '');
      if (parameters.get('extract') === 'true') await unpack(name, createReadStream(arrived.temporary));
      else await take(name, async () => arrived);
    }
    for (const { name, arrived } of files) await site.folder.place(arrived, resource, name);
  } finally {
    for (const { arrived } of [...upload.files, ...files]) await site.folder.discard(arrived);
  }
  if (site.faults.concerns(destination.path) && site.faults.take('catalogRaces')) {
    throw refusal(500, 'Another thread or process modified the catalog since I last read it');
  }
  site.store.putFiles(
    files.map((file) => catalogFile(file, resource, { parameters, digests: site.faults.get().digests })),
  );
  writeCatalog(resource, site);
  return duplicates;
}

export function writeCatalog(resource: Resource, { store, folder }: Site) {
  folder.writeCatalogSoon(resource, () => catalogXml(resource, store));
}

function openResource({ owner, resource, isZip }: Destination, parameters: URLSearchParams, site: Site): Resource {
  const found = findResource(site.store, owner, resource);
  if (found !== undefined) return found;
  if (/^\d+$/.test(resource)) throw refusal(404, 'Unable to find the specified resource');
  const value = (name: string) => (isZip ? '' : (parameters.get(name) ?? ''));
  return createResource(owner, { label: resource, format: value('format'), content: value('content'), tags: '' }, site);
}

function catalogFile(
  { name, arrived }: NamedFile,
  resource: Resource,
  { parameters, digests }: { parameters: URLSearchParams; digests: boolean },
): CatalogFile {
  return {
    resource: resource.id,
    path: name,
    sizeBytes: arrived.sizeBytes,
    digest: digests ? arrived.digest : '',
    format: parameters.get('format') ?? resource.format,
    content: parameters.get('content') ?? resource.content,
    tags: parameters.get('tags') ?? '',
  };
}
