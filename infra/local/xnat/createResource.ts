import type { Item, Resource } from './archiveStore.ts';
import type { Site } from './call.ts';
import { refusal } from './refusal.ts';

/**
 * A new resource of an item, with its place on disk as XNAT lays it out.
 * @throws refusal 400 for a label that cannot be a folder
 */
export function createResource(
  owner: Item,
  values: Pick<Resource, 'label' | 'format' | 'content' | 'tags'>,
  site: Site,
) {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_. -]{0,127}$/.test(values.label))
    throw refusal(400, 'The resource label is not allowed');
  const folder = folderOf(owner, values.label, site);
  // a session that was given another label keeps its folder, so the next one of the old label needs another
  const free = site.store.isFolderTaken(folder) ? `${folder}_${owner.key}` : folder;
  return site.store.insertResource({ ...values, owner: owner.key, folder: free });
}

function folderOf(owner: Item, label: string, site: Site): string {
  if (owner.kind === 'project') return `archive/${owner.id}/resources/${label}`;
  if (owner.kind === 'subject') return `archive/${owner.scope}/subjects/${owner.label}/${label}`;
  if (owner.kind === 'experiment') return `archive/${owner.scope}/arc001/${owner.label}/RESOURCES/${label}`;
  const session = site.store.getItem(owner.parent);
  if (session === undefined) throw refusal(404, 'Unable to find the specified experiment');
  if (!/^[A-Za-z0-9_-]+$/.test(owner.id)) throw refusal(400, 'The scan id is not allowed');
  return `archive/${session.scope}/arc001/${session.label}/SCANS/${owner.id}/${label}`;
}
