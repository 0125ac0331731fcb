import { readDocument } from '../submission/documents.ts';
import { auditKeys } from '../submission/keys.ts';
import type { ObjectStore } from '../submission/ports.ts';
import type { Submission } from '../submission/Submission.ts';
import { type Receipt, SignedReceipt } from './Receipt.ts';
import { type Relabelling, SignedRelabelling } from './Relabelling.ts';

/** What was signed about an archived submission. */
export interface SealedSoFar {
  receipt: Receipt;
  /** Oldest first. */
  addenda: Relabelling[];
}

/** @throws DomainError ObjectMissing, StorageUnavailable */
export async function sealedSoFar(
  audit: ObjectStore,
  { id, relabelled = 0 }: Pick<Submission, 'id' | 'relabelled'>,
): Promise<SealedSoFar> {
  const { receipt } = await readDocument(audit, auditKeys.receipt(id), SignedReceipt);
  const addenda: Relabelling[] = [];
  for (let number = 1; number <= relabelled; number += 1) {
    addenda.push((await readDocument(audit, auditKeys.relabelling(id, number), SignedRelabelling)).relabelling);
  }
  return { receipt, addenda };
}
