import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Signer } from '../../core/submission/ports.ts';

/**
 * An Ed25519 key in a PEM file (PKCS #8): the signer of one machine.
 * @throws DomainError UnexpectedFault when the file holds no such key
 */
export function fileSigner({ path }: { path: string }): Signer {
  const key = readKey(path);
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');
  return {
    publicKey: async () => publicKey,
    sign: async (bytes) => sign(null, bytes, key).toString('base64'),
  };
}

function readKey(path: string) {
  try {
    const key = createPrivateKey(readFileSync(path));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw new DomainError('UnexpectedFault', 'Cannot open the signing key: the file holds no private key', { cause });
  }
  throw new DomainError('UnexpectedFault', 'Cannot open the signing key: it is no Ed25519 key');
}
