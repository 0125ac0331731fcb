import type { ReceiptFile } from '../../core/audit/Receipt.ts';

/** The site's own list: files of a receipt with their local paths, as CSV (RFC 4180). */
export function receiptTable(files: readonly ReceiptFile[], paths: readonly string[] | undefined): string {
  const header = ['number', 'path', 'outcome', 'code', 'sha256', 'xnat'];
  const rows = files.map(({ file, outcome, code, sha256, archived }) =>
    [String(file), paths?.[file] ?? '', outcome, code ?? '', sha256, archived?.uri ?? ''].map(quoted),
  );
  return [header, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/** A cell that starts like a formula is one to spreadsheets (OWASP, CSV injection): a quote before it makes it text. */
function quoted(cell: string): string {
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
