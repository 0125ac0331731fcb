import { stagingKeys } from '../contracts/keys.ts';
import type { Ports } from '../ports.ts';

/**
 * Removes every version of what a site sent, and the parts of uploads that were not completed. Safe to repeat. Answers
 * how many objects there were.
 */
export async function removeUploads(
  { ledger, uploads, staging }: Pick<Ports, 'ledger' | 'uploads' | 'staging'>,
  { id }: { id: string },
): Promise<number> {
  const objects = await ledger.listObjects(id);
  for (const { object, uploadId, stored } of objects) {
    if (stored === undefined) await uploads.abortUpload({ key: stagingKeys.object(id, object), uploadId });
  }
  await staging.removeAll(stagingKeys.all(id));
  return objects.length;
}
