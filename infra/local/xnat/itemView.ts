import type { ArchiveStore, Item, ItemKind } from './archiveStore.ts';
import { escapeXml } from './escapeXml.ts';
import type { Row } from './tables.ts';

const defaultColumns: Record<ItemKind, string[]> = {
  project: ['ID', 'name', 'description', 'secondary_ID', 'pi_firstname', 'pi_lastname', 'URI'],
  subject: ['ID', 'label', 'project', 'insert_date', 'insert_user', 'URI'],
  experiment: ['ID', 'project', 'date', 'xsiType', 'label', 'insert_date', 'URI'],
  scan: ['xnat_imagescandata_id', 'ID', 'type', 'quality', 'xsiType', 'note', 'series_description', 'URI'],
};

/** XNAT's address of an item, relative to its root. */
export function itemUri(store: ArchiveStore, item: Item): string {
  if (item.kind !== 'scan') return `/data/${item.kind}s/${encodeURIComponent(item.id)}`;
  const experiment = store.getItem(item.parent);
  return `/data/experiments/${experiment?.id ?? ''}/scans/${encodeURIComponent(item.id)}`;
}

/** A value by column name or full XML path, case aside; empty where the item has none. */
export function columnOf(store: ArchiveStore, item: Item, column: string): string {
  const name = column.slice(column.indexOf('/') + 1).toLowerCase();
  const parent = () => store.getItem(item.parent);
  const fixed: Record<string, () => string | undefined> = {
    id: () => item.id,
    label: () => item.label,
    xsitype: () => item.xsiType,
    project: () => item.scope,
    insert_date: () => item.inserted,
    insert_user: () => item.insertUser,
    uri: () => itemUri(store, item),
    xnat_imagescandata_id: () => String(item.key),
    subject_id: () => (item.kind === 'subject' ? item.id : parent()?.id),
    subject_label: () => (item.kind === 'subject' ? item.label : parent()?.label),
    session_id: () => item.id,
  };
  if (name === 'project' && item.kind === 'project') return item.id;
  const field = Object.entries(item.fields).find(([key]) => key.toLowerCase() === name);
  if (item.kind === 'project' && name === 'name') return field?.[1] ?? item.id;
  return fixed[name]?.() ?? field?.[1] ?? '';
}

/** Rows of a listing: `columns=` chooses; type and URI always come along, as clients rely on them. */
export function itemRows(store: ArchiveStore, items: Item[], asked: { kind: ItemKind; columns: string | null }) {
  const chosen = asked.columns === null ? defaultColumns[asked.kind] : [...asked.columns.split(','), 'xsiType', 'URI'];
  const columns = [...new Set(chosen.filter((column) => column !== ''))];
  const rows = items.map(
    (item): Row => Object.fromEntries(columns.map((column) => [column, columnOf(store, item, column)])),
  );
  return { columns, rows };
}

interface ItemNode {
  data_fields: Record<string, string>;
  meta: Record<string, string>;
  children: Array<{ field: string; items: ItemNode[] }>;
}

const childField: Partial<Record<ItemKind, string>> = { subject: 'experiments/experiment', experiment: 'scans/scan' };

const customName = /^fields\/field\[name=([^\]]*)\]\/field$/;

/** Custom variables are items below theirs; an emptied one stays, without a value. */
const customVariables = ({ kind, fields }: Item): ItemNode[] =>
  Object.entries(fields).flatMap(([path, value]) => {
    const name = customName.exec(path)?.[1];
    if (name === undefined) return [];
    const type = kind === 'experiment' ? 'xnat:experimentData_field' : `xnat:${kind}Data_field`;
    const data_fields: Row = value === '' ? { name } : { name, field: value };
    return [{ children: [], data_fields, meta: { 'xsi:type': type, isHistory: 'false' } }];
  });

/** The item tree of `format=json`. */
export function itemNode(store: ArchiveStore, item: Item): ItemNode {
  const above: Row = item.kind === 'experiment' ? { subject_ID: store.getItem(item.parent)?.id ?? '' } : {};
  const within: Row =
    item.kind === 'subject' || item.kind === 'experiment' ? { project: item.scope, label: item.label } : {};
  const field = childField[item.kind];
  const items = field === undefined ? [] : store.listChildren(item.key).map((child) => itemNode(store, child));
  const own = Object.entries(item.fields).filter(([name, value]) => !customName.test(name) && value !== '');
  const below = [
    ...(field === undefined ? [] : [{ field, items }]),
    { field: 'fields/field', items: customVariables(item) },
  ];
  return {
    children: below.filter((each) => each.items.length > 0),
    data_fields: { ID: item.id, ...within, ...above, ...Object.fromEntries(own) },
    meta: { 'xsi:type': item.xsiType, isHistory: 'false', start_date: item.inserted },
  };
}

/** The item as XML; field paths deeper than one element are left out. */
export function itemXml(store: ArchiveStore, item: Item): string {
  const kind = item.xsiType.replace(/^xnat:/, '').replace(/Data$/, '');
  const element = `xnat:${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  const fields = Object.entries(item.fields).filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  const children = fields.map(([name, value]) => `<xnat:${name}>${escapeXml(value)}</xnat:${name}>`).join('');
  const attributes = `ID="${escapeXml(item.id)}" label="${escapeXml(item.label)}" project="${escapeXml(columnOf(store, item, 'project'))}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${element} ${attributes} xmlns:xnat="http://nrg.wustl.edu/xnat">${children}</${element}>\n`;
}
