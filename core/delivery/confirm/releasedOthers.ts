import { workKeys } from '../../submission/contracts/keys.ts';
import { ArchiveFinding } from '../../submission/contracts/steps.ts';
import type { ObjectStore } from '../../submission/ports.ts';
import { readLines } from '../../submission/storage/documents.ts';

/** Files of others that were found beside a delivery, and that a person has let stand there; as SHA-256 of their names. */
export async function releasedOthers(
  work: ObjectStore,
  { submission, delivery, attempts }: { submission: string; delivery: string; attempts: readonly number[] },
): Promise<string[]> {
  const names: string[] = [];
  for (const attempt of attempts) {
    const key = workKeys.mismatches(submission, attempt, delivery);
    if ((await work.head(key)) === undefined) continue;
    for (const { nameSha256 } of await readLines(work, key, ArchiveFinding))
      names.push(...(nameSha256 ? [nameSha256] : []));
  }
  return names;
}
