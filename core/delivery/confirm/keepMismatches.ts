import { workKeys } from '../../submission/contracts/keys.ts';
import type { ArchiveFinding, StepInput } from '../../submission/contracts/steps.ts';
import type { ObjectStore } from '../../submission/ports.ts';
import { writeLines } from '../../submission/storage/documents.ts';

/** Keeps what one attempt found wrong with one delivery first; false when that is kept already. */
export async function keepMismatches(
  work: ObjectStore,
  { submission, attempt, delivery }: StepInput & { delivery: string },
  findings: ArchiveFinding[],
): Promise<boolean> {
  const key = workKeys.mismatches(submission, attempt, delivery);
  if ((await work.head(key)) !== undefined) return false;
  await writeLines(work, key, findings);
  return true;
}
