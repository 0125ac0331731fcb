import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DomainError } from '../../core/submission/codes/DomainError.ts';

/** Reads a secret's text, anew at each call. @throws DomainError StorageUnavailable */
export function secretsManagerSecret({
  client = new SecretsManagerClient(),
  secretId,
}: {
  client?: SecretsManagerClient;
  secretId: string;
}): () => Promise<string> {
  return async () => {
    const secret = await client.send(new GetSecretValueCommand({ SecretId: secretId })).catch((cause: unknown) => {
      throw new DomainError('StorageUnavailable', 'Cannot read a secret: Secrets Manager does not answer', { cause });
    });
    return secret.SecretString ?? '';
  };
}
