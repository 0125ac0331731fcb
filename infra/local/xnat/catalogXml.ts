import type { ArchiveStore, Resource } from './archiveStore.ts';
import { escapeXml } from './escapeXml.ts';

/** The catalog document of a resource, as XNAT keeps it beside the files. */
export function catalogXml(resource: Resource, store: Pick<ArchiveStore, 'listFiles' | 'listInstances'>): string {
  const instances = store.listInstances(resource.id);
  const entries = store.listFiles(resource.id).map(({ path, digest, format, content }) => {
    const name = escapeXml(path);
    const uid = instances.get(path);
    const dicom = uid === undefined ? '' : ` xsi:type="cat:dcmEntry" UID="${escapeXml(uid)}"`;
    const attributes = `ID="${name}" URI="${name}" digest="${digest}" format="${escapeXml(format)}" content="${escapeXml(content)}"`;
    return `    <cat:entry${dicom} ${attributes} name="${escapeXml(path.slice(path.lastIndexOf('/') + 1))}"/>\n`;
  });
  const head =
    '<?xml version="1.0" encoding="UTF-8"?>\n<cat:Catalog xmlns:cat="http://nrg.wustl.edu/catalog" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
  return `${head} ID="${resource.id}">\n  <cat:entries>\n${entries.join('')}  </cat:entries>\n</cat:Catalog>\n`;
}
