import { auditKeys } from '../submission/contracts/keys.ts';
import type { Submission } from '../submission/contracts/Submission.ts';
import type { ObjectStore } from '../submission/ports.ts';
import { readDocument } from '../submission/storage/documents.ts';
import { type Receipt, SignedReceipt } from './Receipt.ts';
import { type Relabelling, SignedRelabelling } from './Relabelling.ts';

/** What was signed about an archived submission. */
export interface SealedSoFar {
  receipt: Receipt;
  /** Oldest first. */
  addenda: Relabelling[];
}

/** @throws DomainError ObjectMissing, StorageUnavailable */
export async function sealedSoFar(audit: ObjectStore, submission: Sealed): Promise<SealedSoFar> {
  const { receipt } = await readDocument(audit, auditKeys.receipt(submission.id), SignedReceipt);
  const addenda = await addendaSoFar(audit, submission);
  return { receipt, addenda: addenda.map(({ relabelling }) => relabelling) };
}

type Sealed = Pick<Submission, 'id' | 'relabelled'>;

/** The signed addenda to its receipt, oldest first. @throws DomainError ObjectMissing, StorageUnavailable */
export async function addendaSoFar(audit: ObjectStore, { id, relabelled }: Sealed): Promise<SignedRelabelling[]> {
  const addenda: SignedRelabelling[] = [];
  for (let number = relabelled; number !== undefined; ) {
    const signed: SignedRelabelling = await readDocument(audit, auditKeys.relabelling(id, number), SignedRelabelling);
    addenda.unshift(signed);
    number = signed.relabelling.after;
  }
  return addenda;
}
