import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Signer } from '../../core/submission/ports.ts';

/**
 * An Ed25519 key that never leaves KMS (key spec ECC_NIST_EDWARDS25519). KMS signs raw messages of at most 4,096
 * bytes.
 * @throws DomainError StorageUnavailable for faults of the service
 */
export function kmsSigner({ client = new KMSClient(), keyId }: { client?: KMSClient; keyId: string }): Signer {
  return {
    async publicKey() {
      const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: keyId })).catch(fail);
      return base64(PublicKey);
    },
    async sign(bytes) {
      const command = new SignCommand({
        KeyId: keyId,
        Message: bytes,
        MessageType: 'RAW',
        SigningAlgorithm: 'ED25519_SHA_512',
      });
      const { Signature } = await client.send(command).catch(fail);
      return base64(Signature);
    },
  };
}

function base64(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return fail(new Error('KMS answered without bytes'));
  return Buffer.from(bytes).toString('base64');
}

function fail(cause: unknown): never {
  throw new DomainError('StorageUnavailable', 'Cannot use the signing key: KMS does not answer', { cause });
}
