import { expect, test } from 'vitest';
import type { ReceiptFile } from '../../core/audit/Receipt.ts';
import { receiptTable } from '../../web/receipt/receiptTable.ts';

const refused: ReceiptFile = { file: 0, sha256: 'a'.repeat(64), sizeBytes: 1, outcome: 'refused', code: 'NotDicom' };

test.each([
  { path: 'a/b.dcm', cell: 'a/b.dcm', why: 'nothing is special in it' },
  { path: 'a,"b".dcm', cell: '"a,""b"".dcm"', why: 'it holds a comma and quotes' },
  { path: '=cmd|calc', cell: "'=cmd|calc", why: 'a spreadsheet would run it as a formula' },
  { path: '-2+3', cell: "'-2+3", why: 'a spreadsheet would compute it' },
  { path: undefined, cell: '', why: 'this browser does not know it' },
])('writes the path as $cell when $why', ({ path, cell }) => {
  const table = receiptTable([refused], path === undefined ? undefined : [path]);
  expect(table.split('\r\n')[1]).toBe(`0,${cell},refused,NotDicom,${'a'.repeat(64)},`);
});
