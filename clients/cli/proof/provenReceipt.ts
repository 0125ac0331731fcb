import { createPublicKey, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { SignedCertificate } from '../../../core/audit/DeletionCertificate.ts';
import { hashBytes } from '../../../core/audit/hashJson.ts';
import type { SignedReceipt } from '../../../core/audit/Receipt.ts';
import type { SignedRelabelling } from '../../../core/audit/Relabelling.ts';
import { relabellingBytes } from '../../../core/audit/relabellingBytes.ts';
import { verifyCertificate } from '../../../core/audit/verifyCertificate.ts';
import { type VerifySignature, verifyReceipt } from '../../../core/audit/verifyReceipt.ts';
import { verifyRelabelling } from '../../../core/audit/verifyRelabelling.ts';
import { DomainError } from '../../../core/submission/codes/DomainError.ts';
import { refusal } from '../exitOf.ts';

/**
 * Proves a receipt by Ed25519 with a key that is trusted already.
 * @throws DomainError ReceiptInvalid
 */
export async function provenReceipt(signed: SignedReceipt, trustedKey: string): Promise<SignedReceipt> {
  await verifyReceipt(signed, trustedKey, verifyEd25519);
  return signed;
}

/**
 * Proves a deletion certificate in the same way.
 * @throws DomainError CertificateInvalid
 */
export async function provenCertificate(signed: SignedCertificate, trustedKey: string): Promise<SignedCertificate> {
  await verifyCertificate(signed, trustedKey, verifyEd25519);
  return signed;
}

/**
 * Proves the addendum of a relabelling in the same way, and that it is the one of this digest.
 * @throws DomainError ReceiptInvalid
 */
export async function provenRelabelling(
  signed: SignedRelabelling | undefined,
  { trustedKey, digest }: { trustedKey: string; digest?: string },
): Promise<SignedRelabelling> {
  if (signed === undefined) throw new DomainError('ReceiptInvalid', 'Cannot verify the addendum: there is none');
  await verifyRelabelling(signed, trustedKey, verifyEd25519);
  if (digest === undefined || hashBytes(relabellingBytes(signed.relabelling)) === digest) return signed;
  throw new DomainError('ReceiptInvalid', 'Cannot verify the addendum: the chain of events names another one');
}

const verifyEd25519: VerifySignature = (publicKey, bytes, signature) => {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  return verify(null, bytes, key, Buffer.from(signature, 'base64'));
};

/** A key file: PEM, or DER SubjectPublicKeyInfo in base64. Answers the latter. */
export async function readKeyFile(path: string): Promise<string> {
  const text = (await readFile(path, 'utf8')).trim();
  const source = text.startsWith('-----')
    ? text
    : ({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' } as const);
  try {
    return createPublicKey(source).export({ format: 'der', type: 'spki' }).toString('base64');
  } catch {
    throw refusal('usage', 'Cannot read the key file: it holds neither PEM nor base64 of a public key');
  }
}
