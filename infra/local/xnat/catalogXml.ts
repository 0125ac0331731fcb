import type { CatalogFile, Resource } from './archiveStore.ts';
import { escapeXml } from './escapeXml.ts';

/** The catalog document of a resource, as XNAT keeps it beside the files. */
export function catalogXml(resource: Resource, files: CatalogFile[]): string {
  const entries = files.map(({ path, digest, format, content }) => {
    const name = escapeXml(path);
    const attributes = `ID="${name}" URI="${name}" digest="${digest}" format="${escapeXml(format)}" content="${escapeXml(content)}"`;
    return `    <cat:entry ${attributes} name="${escapeXml(path.slice(path.lastIndexOf('/') + 1))}"/>\n`;
  });
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n<cat:Catalog xmlns:cat="http://nrg.wustl.edu/catalog"';
  return `${head} ID="${resource.id}">\n  <cat:entries>\n${entries.join('')}  </cat:entries>\n</cat:Catalog>\n`;
}
