import { hashBytes } from '../../../core/audit/hashJson.ts';
import type { PreviousReceipt } from '../../../core/audit/PreviousReceipt.ts';
import type { SignedReceipt } from '../../../core/audit/Receipt.ts';
import type { SignedRelabelling } from '../../../core/audit/Relabelling.ts';
import { receiptBytes } from '../../../core/audit/receiptBytes.ts';
import { relabellingBytes } from '../../../core/audit/relabellingBytes.ts';
import { provenReceipt, provenRelabelling } from './provenReceipt.ts';

interface Links {
  /** The document as others name it. */
  self: PreviousReceipt;
  /** What it is an addendum to. */
  to: PreviousReceipt[];
}

/**
 * What a receipt, or the addendum of a relabelling, is chained to, after it was proven with a key that is trusted.
 * @throws DomainError ReceiptInvalid
 */
export async function provenLinks(signed: SignedReceipt | SignedRelabelling, trustedKey: string): Promise<Links> {
  if ('receipt' in signed) {
    const { receipt } = await provenReceipt(signed, trustedKey);
    const to = receipt.sessions.flatMap(({ previous }) => previous ?? []);
    return { self: { submission: receipt.submission, sha256: hashBytes(receiptBytes(receipt)) }, to };
  }
  const { relabelling } = await provenRelabelling(signed, { trustedKey });
  const { submission, receipt, previous } = relabelling;
  const self = { submission, sha256: hashBytes(relabellingBytes(relabelling)) };
  return { self, to: [{ submission, sha256: receipt }, previous] };
}
