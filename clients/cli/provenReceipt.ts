import { createPublicKey, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { SignedCertificate } from '../../core/audit/DeletionCertificate.ts';
import type { SignedReceipt } from '../../core/audit/Receipt.ts';
import { verifyCertificate } from '../../core/audit/verifyCertificate.ts';
import { type VerifySignature, verifyReceipt } from '../../core/audit/verifyReceipt.ts';
import { refusal } from './exitOf.ts';

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
