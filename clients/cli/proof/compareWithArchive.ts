import { createHash } from 'node:crypto';
import type { DeletionCertificate } from '../../../core/audit/DeletionCertificate.ts';
import type { Receipt } from '../../../core/audit/Receipt.ts';
import type { CliContext } from '../CliContext.ts';
import { refusal } from '../exitOf.ts';
import { counted } from '../terminal/counted.ts';
import { addressOf, askXnat, xnatAccount } from './askXnat.ts';

type Archived = NonNullable<Receipt['files'][number]['archived']>;

/**
 * Reads every archived file back from XNAT and compares size, MD5 and SHA-256 with the receipt, with an account of the
 * site's own: AIRLOCK_XNAT_URL, AIRLOCK_XNAT_USERNAME, AIRLOCK_XNAT_PASSWORD.
 * @returns how many differ
 * @throws a refusal `configuration`, `authentication` or `temporary`
 */
export async function compareWithArchive(context: CliContext, receipt: Receipt): Promise<number> {
  const { origin, authorization } = xnatAccount(context);
  let compared = 0;
  let faults = 0;
  for (const { file, archived } of receipt.files) {
    if (archived === undefined) continue;
    context.signal.throwIfAborted();
    const fault = await compareFile(context, { address: addressOf(origin, archived.uri), authorization, archived });
    compared += 1;
    if (fault !== undefined) {
      faults += 1;
      context.out(`${fault}  file ${file}  ${archived.uri}`);
    }
  }
  context.err(
    `${compared - faults} of ${counted(compared, 'archived file is', 'archived files are')} in XNAT as the receipt says`,
  );
  return faults;
}

/**
 * Asks XNAT for every file that a deletion certificate says is gone.
 * @returns how many it still has
 * @throws a refusal `configuration`, `authentication` or `temporary`
 */
export async function compareWithRemoval(context: CliContext, { archive }: DeletionCertificate): Promise<number> {
  const { origin, authorization } = xnatAccount(context);
  const files = archive.flatMap((session) => session.files);
  let left = 0;
  for (const uri of files) {
    context.signal.throwIfAborted();
    const response = await askXnat(context, addressOf(origin, uri), authorization);
    await response.body?.cancel();
    if (response.status === 404) continue;
    left += 1;
    context.out(`stands  ${uri}`);
  }
  context.err(`${files.length - left} of ${counted(files.length, 'file is', 'files are')} gone from XNAT`);
  return left;
}

async function compareFile(
  context: CliContext,
  { address, authorization, archived }: { address: URL; authorization: string; archived: Archived },
): Promise<string | undefined> {
  const response = await askXnat(context, address, authorization);
  if (response.status === 404) return 'absent';
  if (response.body === null) throw refusal('temporary', 'Cannot read XNAT: its answer is empty');
  const md5 = createHash('md5');
  const sha256 = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of response.body) {
    md5.update(chunk);
    sha256.update(chunk);
    sizeBytes += chunk.length;
  }
  // what XNAT wrote again has another SHA-256 than what it was given
  const isSame = archived.reencoded === true || sha256.digest('hex') === archived.sha256;
  const isEqual = sizeBytes === archived.sizeBytes && md5.digest('hex') === archived.md5 && isSame;
  return isEqual ? undefined : 'differs';
}
