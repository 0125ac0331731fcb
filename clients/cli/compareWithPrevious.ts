import { hashBytes } from '../../core/audit/hashJson.ts';
import type { Receipt } from '../../core/audit/Receipt.ts';
import { receiptBytes } from '../../core/audit/receiptBytes.ts';
import type { CliContext } from './CliContext.ts';

/** Proves that a receipt is an addendum to another one. @returns 0 when it is, else 1 */
export function compareWithPrevious(context: CliContext, receipt: Receipt, previous: Receipt): number {
  const sha256 = hashBytes(receiptBytes(previous));
  const isChained = receipt.sessions.some(
    (session) => session.previous?.submission === previous.submission && session.previous.sha256 === sha256,
  );
  if (isChained) context.err(`It is an addendum to the receipt of ${previous.submission}`);
  else context.out(`unrelated  it is no addendum to the receipt of ${previous.submission}`);
  return isChained ? 0 : 1;
}
