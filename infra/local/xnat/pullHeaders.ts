import type { DataSet } from 'dicom-parser';
import type { Item } from './archiveStore.ts';
import type { Site } from './call.ts';
import { readDicomHeader } from './readDicomHeader.ts';

const scanFields: Record<string, string> = {
  x0008103e: 'series_description',
  x0020000e: 'UID',
  x00080060: 'modality',
  x00080031: 'startTime',
  x00080070: 'scanner/manufacturer',
  x00081090: 'scanner/model',
};

const sessionFields: Record<string, string> = {
  x0020000d: 'UID',
  x00080030: 'time',
  x00080050: 'dcmAccessionNumber',
  x00100020: 'dcmPatientId',
  x00100010: 'dcmPatientName',
};

/** `pullDataFromHeaders=true`: sets a scan's, or a session's and all its scans', fields from the first DICOM file. */
export async function pullHeaders(item: Item, site: Site): Promise<void> {
  const scans = item.kind === 'scan' ? [item] : site.store.listChildren(item.key);
  let first: DataSet | undefined;
  for (const scan of scans) {
    const header = await firstHeader(scan, site);
    if (header === undefined) continue;
    first ??= header;
    const files = site.store.listResources(scan.key).flatMap(({ id }) => site.store.listFiles(id));
    const type = header.string('x0008103e') ?? 'Unknown';
    setFields(scan, { ...valuesOf(header, scanFields), type, frames: String(files.length) }, site);
  }
  if (item.kind !== 'experiment' || first === undefined) return;
  const date = /^(\d{4})(\d{2})(\d{2})$/.exec(first.string('x00080020') ?? '');
  const dated: Record<string, string> = date === null ? {} : { date: `${date[1]}-${date[2]}-${date[3]}` };
  setFields(item, { ...valuesOf(first, sessionFields), ...dated }, site);
}

async function firstHeader(scan: Item, { store, folder }: Site): Promise<DataSet | undefined> {
  const resources = store.listResources(scan.key);
  const ordered = [...resources].sort((a, b) => Number(b.label === 'DICOM') - Number(a.label === 'DICOM'));
  for (const resource of ordered) {
    for (const file of store.listFiles(resource.id)) {
      const header = await readDicomHeader(folder.pathOf(resource, file.path));
      if (header !== undefined) return header;
    }
  }
  return undefined;
}

function valuesOf(header: DataSet, names: Record<string, string>): Record<string, string> {
  const found = Object.entries(names).map(([tag, name]) => [name, header.string(tag) ?? '']);
  return Object.fromEntries(found.filter(([, value]) => value !== ''));
}

function setFields(item: Item, fields: Record<string, string>, { store }: Site) {
  // another request may have changed the item while its files were read
  const current = store.getItem(item.key);
  if (current !== undefined) store.updateItem({ ...current, fields: { ...current.fields, ...fields } });
}
