import type { Answer } from './call.ts';
import { escapeXml } from './escapeXml.ts';
import { refusal } from './refusal.ts';

export type Row = Record<string, string>;

interface Table {
  title: string;
  columns: string[];
  rows: Row[];
}

/** XNAT's tables: `format=json` (the default here), `csv` or `xml`; every value is a string. */
export function table(query: URLSearchParams, { title, columns, rows }: Table): Answer {
  const format = query.get('format') ?? 'json';
  if (format === 'json') {
    const ResultSet = { Result: rows, totalRecords: String(rows.length), title };
    return answer('application/json;charset=UTF-8', JSON.stringify({ ResultSet }));
  }
  if (format === 'csv') {
    const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))];
    return answer('text/csv;charset=UTF-8', lines.map((line) => `${line.map(quote).join(',')}\n`).join(''));
  }
  if (format === 'xml') {
    const cells = (row: Row) => columns.map((column) => `<cell>${escapeXml(row[column] ?? '')}</cell>`).join('');
    const head = columns.map((column) => `<column>${escapeXml(column)}</column>`).join('');
    const body = rows.map((row) => `<row>${cells(row)}</row>`).join('');
    const document = `<ResultSet title="${escapeXml(title)}"><columns>${head}</columns><rows>${body}</rows></ResultSet>`;
    return answer('text/xml;charset=UTF-8', `<?xml version="1.0" encoding="UTF-8"?>\n${document}`);
  }
  throw refusal(400, 'The requested format is not supported');
}

const answer = (type: string, body: string): Answer => ({ status: 200, headers: { 'Content-Type': type }, body });

const quote = (value: string) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
