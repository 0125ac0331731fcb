import type { Item, ItemKind } from './archiveStore.ts';
import type { Call, Site } from './call.ts';
import { fieldsOf } from './fieldsOf.ts';
import { findPlace } from './place.ts';
import { refusal } from './refusal.ts';

/** An item after a PUT, and whether it is new. */
export interface Put {
  item: Item;
  isNew: boolean;
}

/** XNAT's pattern of project IDs and labels. */
const LABEL = /^[A-Za-z0-9_-]+$/;

export function putProject(call: Call, site: Site): Put {
  const id = call.address.project ?? '';
  checkLabel(id);
  const found = findPlace(call.address, site.store).project;
  return found === undefined
    ? {
        item: insert(site, call, { kind: 'project', id, label: id, scope: '', parent: 0, xsiType: 'xnat:projectData' }),
        isNew: true,
      }
    : { item: update(site, call, found), isNew: false };
}

export function putSubject(call: Call, site: Site): Put {
  const { project, subject } = findPlace(call.address, site.store);
  if (project === undefined) throw refusal(404, 'Unable to identify project');
  if (subject !== undefined) return { item: update(site, call, subject), isNew: false };
  return { item: insertSubject(site, call, project), isNew: true };
}

/**
 * A session under the subject of the path, which is created where both are absent. An existing label under another
 * subject moves to the one of the path, as XNAT does, unless the quirk is off; it stays where that subject is absent.
 * With `label` it gets another label, and nothing else is done: not even a move.
 * @throws refusal 417 without a type, 400 for a type that is no session, 409 for another type
 */
export function putExperiment(call: Call, site: Site): Put {
  const { project, subject, experiment } = findPlace(call.address, site.store);
  if (project === undefined) throw refusal(404, 'Unable to identify project');
  // whichever subject the path says
  const standing = experiment ?? findPlace(withoutSubject(call.address), site.store).experiment;
  if (standing === undefined) return { item: insertExperiment(site, call, { project, subject }), isNew: true };
  checkType(standing, call.query.get('xsiType') ?? undefined);
  if (call.query.has('label')) return { item: rename(site, call, standing), isNew: false };
  if (call.address.subject === undefined) return { item: update(site, call, standing), isNew: false };
  if (experiment === undefined && !site.faults.get().movesSessions) {
    throw refusal(409, 'The label belongs to another subject');
  }
  if (subject === undefined) return { item: update(site, call, standing), isNew: false };
  // XNAT takes visit and protocol from a session that is written by the path of a subject
  const { visit: _, protocol: __, ...fields } = standing.fields;
  return { item: update(site, call, { ...standing, parent: subject.key, fields }), isNew: false };
}

const withoutSubject = ({ subject: _, ...address }: Call['address']) => address;

function insertExperiment(site: Site, call: Call, above: { project: Item; subject: Item | undefined }): Item {
  const xsiType = call.query.get('xsiType') ?? undefined;
  if (xsiType === undefined) throw refusal(417, 'Need PUT Contents');
  if (!/^xnat:\w+SessionData$/.test(xsiType)) throw refusal(400, 'The type is not one of a session');
  if (call.address.subject === undefined) throw refusal(417, 'A session needs a subject');
  const label = call.address.experiment ?? '';
  checkLabel(label);
  const parent = (above.subject ?? insertSubject(site, call, above.project)).key;
  const id = `XNAT_E${String(site.store.nextNumber('experiment')).padStart(5, '0')}`;
  return insert(site, call, { kind: 'experiment', id, label, scope: above.project.id, parent, xsiType });
}

/** @throws refusal 404 without its session, 417 without a type, 400 for the bare base type, 409 for another type */
export function putScan(call: Call, site: Site): Put {
  const { experiment, scan } = findPlace(call.address, site.store);
  if (experiment === undefined) throw refusal(404, 'Unable to find the specified experiment');
  const xsiType = call.query.get('xsiType') ?? undefined;
  if (xsiType === 'xnat:imageScanData') throw refusal(400, 'A scan cannot be of the base type xnat:imageScanData');
  if (scan !== undefined) {
    checkType(scan, xsiType);
    return { item: update(site, call, scan), isNew: false };
  }
  if (xsiType === undefined) throw refusal(417, 'Need PUT Contents');
  if (!/^xnat:\w+ScanData$/.test(xsiType)) throw refusal(400, 'The type is not one of a scan');
  const id = call.address.scan ?? '';
  const place = { label: id, scope: String(experiment.key), parent: experiment.key };
  return { item: insert(site, call, { kind: 'scan', id, xsiType, ...place }), isNew: true };
}

/** Removes an item and all below it, with their files. */
export async function deleteItem(item: Item, site: Site): Promise<void> {
  for (const child of site.store.listChildren(item.key)) await deleteItem(child, site);
  for (const resource of site.store.listResources(item.key)) {
    site.store.deleteResource(resource.id);
    await site.folder.removeAll(resource);
  }
  site.store.deleteItem(item.key);
}

function insertSubject(site: Site, call: Call, project: Item): Item {
  const label = call.address.subject ?? '';
  checkLabel(label);
  const id = `XNAT_S${String(site.store.nextNumber('subject')).padStart(5, '0')}`;
  const fields = call.address.kind === 'subject' ? undefined : {};
  const place = { label, scope: project.id, parent: project.key };
  return insert(site, call, { kind: 'subject', id, xsiType: 'xnat:subjectData', ...place, fields });
}

interface NewItem extends Pick<Item, 'id' | 'label' | 'scope' | 'parent' | 'xsiType'> {
  kind: ItemKind;
  fields?: Record<string, string> | undefined;
}

function insert({ store, now }: Site, call: Call, item: NewItem): Item {
  const fields = item.fields ?? fieldsOf(call.query);
  const inserted = now().toISOString().replace('T', ' ').slice(0, 19);
  return store.insertItem({ ...item, fields, inserted, insertUser: call.user.login });
}

function update({ store }: Site, call: Call, item: Item): Item {
  const asked = call.query.get('label') ?? item.label;
  // a scan's or project's label is its ID and stays
  const label = item.kind === 'subject' || item.kind === 'experiment' ? asked : item.label;
  if (label !== item.label) {
    checkLabel(label);
    if (store.findItem(item.kind, item.scope, label) !== undefined) throw refusal(409, 'The label is already in use');
  }
  const next = { ...item, label, fields: { ...item.fields, ...fieldsOf(call.query) } };
  store.updateItem(next);
  return next;
}

/** XNAT refuses what it works on. @throws refusal 409 */
function rename(site: Site, call: Call, item: Item): Item {
  if (site.faults.take('busyRenames')) throw refusal(409, 'Specified session is being processed (Transfer).');
  const query = new URLSearchParams({ label: call.query.get('label') ?? '' });
  return update(site, { ...call, query }, item);
}

function checkType(item: Item, xsiType: string | undefined) {
  if (xsiType !== undefined && xsiType !== item.xsiType)
    throw refusal(409, 'The item already exists with another type');
}

function checkLabel(label: string) {
  if (!LABEL.test(label)) throw refusal(417, 'The label has characters other than letters, digits, _ and -');
}
