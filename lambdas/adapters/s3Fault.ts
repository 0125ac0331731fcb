import { S3ServiceException } from '@aws-sdk/client-s3';
import { DomainError } from '../../core/submission/codes/DomainError.ts';

/** The name of S3's error; `NotFound` for every absent key, version or upload; undefined when S3 did not answer. */
export function s3ErrorName(error: unknown): string | undefined {
  if (!(error instanceof S3ServiceException)) return undefined;
  return error.$metadata.httpStatusCode === 404 && error.name !== 'NoSuchBucket' ? 'NotFound' : error.name;
}

/** What an S3 error means to the pipeline; `attempt` says what was tried and names no key. */
export function s3Fault(attempt: string, error: unknown): DomainError {
  if (DomainError.is(error)) return error;
  const name = s3ErrorName(error);
  if (name === 'NotFound') {
    return new DomainError('ObjectMissing', `${attempt}: the object, version or upload is not there`, { cause: error });
  }
  return new DomainError('StorageUnavailable', `${attempt}: ${name ?? 'no answer'}`, { cause: error });
}

/** Runs a call to S3 and throws what its failure means. */
export async function askS3<Answer>(attempt: string, call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    throw s3Fault(attempt, error);
  }
}
