import type { Item } from './archiveStore.ts';
import type { Answer, Site } from './call.ts';
import { escapeXml } from './escapeXml.ts';
import { itemUri } from './itemView.ts';
import { rowUri } from './prearchive/rowUri.ts';
import { refusal } from './refusal.ts';

const style =
  'body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}' +
  'table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #ddd}';

const below = { project: 'Subjects', subject: 'Sessions', experiment: 'Scans', scan: 'Files' } as const;

/** Pages to look at the archive: / lists projects, /browse/{key} what lies in an item. No scripts, all text escaped. */
export function browsePage(pathname: string, site: Site): Answer {
  const key = /^\/browse\/(\d{1,15})$/.exec(pathname)?.[1];
  if (key === undefined) {
    const projects = itemTable(site.store.listItems('project'));
    return page('Projects', `${projects}<h2>Prearchive</h2>${prearchiveTable(site)}`);
  }
  const item = site.store.getItem(Number(key));
  if (item === undefined) throw refusal(404, 'There is no such item');
  const up = item.parent === 0 ? '/' : `/browse/${item.parent}`;
  const content = `<p><a href="${up}">Up</a></p>${fieldTable(item)}<h2>${below[item.kind]}</h2>`;
  const children = item.kind === 'scan' ? '' : itemTable(site.store.listChildren(item.key));
  return page(`${item.kind} ${item.label}`, content + children + fileTables(item, site));
}

const row = (cells: string[]) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;

const fieldTable = ({ id, xsiType, fields }: Item) =>
  `<table>${Object.entries({ ID: id, type: xsiType, ...fields })
    .map((pair) => row(pair.map(escapeXml)))
    .join('')}</table>`;

const itemTable = (items: Item[]) =>
  `<table>${items
    .map(({ key, label, id, xsiType }) =>
      row(
        [`<a href="/browse/${key}">${escapeXml(label)}</a>`, id, xsiType].map((cell, at) =>
          at === 0 ? cell : escapeXml(cell),
        ),
      ),
    )
    .join('')}</table>`;

const prearchiveTable = ({ prearchive }: Site) =>
  `<table>${prearchive
    .listRows()
    .map((item) => {
      const link = `<a href="${escapeXml(`${rowUri(item)}/scans?format=json`)}">${escapeXml(item.name)}</a>`;
      return row([link, ...[item.project, item.subject, item.status, item.log].map(escapeXml)]);
    })
    .join('')}</table>`;

const fileTables = (owner: Item, { store }: Site) =>
  store
    .listResources(owner.key)
    .map((resource) => {
      const base = `${itemUri(store, owner)}/resources/${resource.id}/files`;
      const rows = store.listFiles(resource.id).map(({ path, sizeBytes, digest }) => {
        const href = `${base}/${path.split('/').map(encodeURIComponent).join('/')}`;
        return row([`<a href="${escapeXml(href)}">${escapeXml(path)}</a>`, `${sizeBytes} bytes`, digest]);
      });
      return `<h3>${escapeXml(resource.label)}</h3><table>${rows.join('')}</table>`;
    })
    .join('');

function page(title: string, content: string): Answer {
  const head = `<meta charset="utf-8"><title>${escapeXml(title)} - XNAT stand-in</title><style>${style}</style>`;
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/html;charset=UTF-8',
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    },
    body: `<!DOCTYPE html><html lang="en"><head>${head}</head><body><h1>${escapeXml(title)}</h1>${content}</body></html>`,
  };
}
