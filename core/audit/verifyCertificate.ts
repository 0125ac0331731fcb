import { DomainError } from '../submission/codes/DomainError.ts';
import { certificateBytes } from './certificateBytes.ts';
import type { SignedCertificate } from './DeletionCertificate.ts';
import type { VerifySignature } from './verifyReceipt.ts';

/**
 * Proves a deletion certificate with a key that the verifier already trusts.
 * @throws DomainError CertificateInvalid
 */
export async function verifyCertificate(
  { certificate, signature }: SignedCertificate,
  trustedKey: string,
  verifySignature: VerifySignature,
): Promise<void> {
  if (signature.publicKey !== trustedKey) throw invalid('it is signed with another key');
  if (await verifySignature(trustedKey, certificateBytes(certificate), signature.value)) return;
  throw invalid('the signature does not match');
}

const invalid = (why: string) => new DomainError('CertificateInvalid', `Cannot verify the certificate: ${why}`);
