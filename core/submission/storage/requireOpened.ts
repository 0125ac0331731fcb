import { DomainError } from '../codes/DomainError.ts';
import type { UploadedObject } from '../contracts/Submission.ts';
import type { Ledger } from '../ports.ts';

/** The record of an object whose parts were signed. @throws DomainError ObjectNotFound */
export async function requireOpened(
  ledger: Pick<Ledger, 'getObject'>,
  submission: string,
  object: string,
): Promise<UploadedObject> {
  const opened = await ledger.getObject(submission, object);
  if (opened !== undefined) return opened;
  throw new DomainError('ObjectNotFound', `Cannot find ${object}: no part of it was signed`);
}
