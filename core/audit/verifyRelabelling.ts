import { DomainError } from '../submission/codes/DomainError.ts';
import type { SignedRelabelling } from './Relabelling.ts';
import { relabellingBytes } from './relabellingBytes.ts';
import type { VerifySignature } from './verifyReceipt.ts';

/**
 * Proves the addendum of a relabelling with a key that the verifier already trusts.
 * @throws DomainError ReceiptInvalid
 */
export async function verifyRelabelling(
  { relabelling, signature }: SignedRelabelling,
  trustedKey: string,
  verifySignature: VerifySignature,
): Promise<void> {
  if (signature.publicKey !== trustedKey) throw invalid('it is signed with another key');
  if (await verifySignature(trustedKey, relabellingBytes(relabelling), signature.value)) return;
  throw invalid('the signature does not match');
}

const invalid = (why: string) => new DomainError('ReceiptInvalid', `Cannot verify the addendum: ${why}`);
