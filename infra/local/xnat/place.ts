import type { Address } from './address.ts';
import type { ArchiveStore, Item, Resource } from './archiveStore.ts';
import { refusal } from './refusal.ts';

/** What of an address exists. */
interface Place {
  project: Item | undefined;
  subject: Item | undefined;
  experiment: Item | undefined;
  scan: Item | undefined;
}

/** Labels within the project of the address, or accession IDs. */
export function findPlace(address: Address, store: ArchiveStore): Place {
  const project = address.project === undefined ? undefined : store.findItem('project', '', address.project);
  const find = (kind: 'subject' | 'experiment', label: string | undefined) => {
    if (label === undefined || (address.project !== undefined && project === undefined)) return undefined;
    const labelled = project && store.findItem(kind, project.id, label);
    const found = labelled ?? store.findItemById(kind, label);
    return project === undefined || found?.scope === project.id ? found : undefined;
  };
  const subject = find('subject', address.subject);
  const session = find('experiment', address.experiment);
  const isApart = address.subject !== undefined && session?.parent !== subject?.key;
  const experiment = isApart ? undefined : session;
  const scan =
    experiment && address.scan !== undefined ? store.findItem('scan', String(experiment.key), address.scan) : undefined;
  return { project, subject, experiment, scan };
}

/**
 * The deepest item an address names.
 * @throws refusal 404 when it or one above it is absent
 */
export function requireItem(address: Address, place: Place): Item {
  const named = [
    ['project', 'Unable to identify project'],
    ['subject', 'Unable to identify subject'],
    ['experiment', 'Unable to find the specified experiment'],
    ['scan', 'Unable to find the specified scan'],
  ] as const;
  let deepest: Item | undefined;
  for (const [kind, absence] of named) {
    if (address[kind] === undefined) continue;
    deepest = place[kind];
    if (deepest === undefined) throw refusal(404, absence);
  }
  if (deepest === undefined) throw refusal(404, 'The path names nothing');
  return deepest;
}

/** The project an item lies in. */
export function projectOf(item: Item, store: Pick<ArchiveStore, 'getItem'>): string {
  if (item.kind === 'project') return item.id;
  return item.kind === 'scan' ? (store.getItem(item.parent)?.scope ?? '') : item.scope;
}

/** Items a listing covers: `scans/ALL` and `scans/1,2` select several. */
export function selectItems(address: Address, store: ArchiveStore): Item[] {
  const { scan } = address;
  if (scan === undefined || (scan !== 'ALL' && !scan.includes(','))) {
    return [requireItem(address, findPlace(address, store))];
  }
  const { scan: _, ...above } = address;
  const experiment = requireItem(above, findPlace(above, store));
  const wanted = scan.split(',');
  return store.listChildren(experiment.key).filter(({ id }) => scan === 'ALL' || wanted.includes(id));
}

/** A resource of an item by its label or numeric id. */
export const findResource = (store: ArchiveStore, owner: Item, name: string): Resource | undefined =>
  store.listResources(owner.key).find(({ id, label }) => label === name || String(id) === name);
