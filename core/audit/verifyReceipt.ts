import { DomainError } from '../submission/codes/DomainError.ts';
import type { Receipt, SignedReceipt } from './Receipt.ts';
import { receiptBytes } from './receiptBytes.ts';

/** Ed25519 with a DER SubjectPublicKeyInfo; key and signature in base64. */
export type VerifySignature = (publicKey: string, bytes: Uint8Array, signature: string) => boolean | Promise<boolean>;

/**
 * Proves a receipt with a key that the verifier already trusts: never with the one the receipt brings along.
 * @throws DomainError ReceiptInvalid
 */
export async function verifyReceipt(
  signed: SignedReceipt,
  trustedKey: string,
  verifySignature: VerifySignature,
): Promise<void> {
  if (signed.signature.publicKey !== trustedKey) throw invalid('it is signed with another key');
  const genuine = await verifySignature(trustedKey, receiptBytes(signed.receipt), signed.signature.value);
  if (!genuine) throw invalid('the signature does not match');
  requireConsistent(signed.receipt);
}

function requireConsistent({ files, totals, manifest }: Receipt): void {
  const counted = { archived: 0, held: 0, refused: 0, duplicate: 0 };
  for (const [index, { file, outcome, archived }] of files.entries()) {
    if (file !== index) throw invalid(`file ${index} is missing`);
    if ((outcome === 'archived') !== (archived !== undefined)) throw invalid(`file ${index} has no proof of archival`);
    counted[outcome] += 1;
  }
  const told = { archived: totals.archived, held: totals.held, refused: totals.refused, duplicate: totals.duplicate };
  if (JSON.stringify(counted) !== JSON.stringify(told)) throw invalid('its totals differ from its files');
  if (files.length !== manifest.files || totals.announced !== manifest.files) throw invalid('its files are not all');
}

const invalid = (why: string) => new DomainError('ReceiptInvalid', `Cannot verify the receipt: ${why}`);
