import { createHash } from 'node:crypto';
import type { DeletionCertificate } from '../../core/audit/DeletionCertificate.ts';
import type { Receipt } from '../../core/audit/Receipt.ts';
import type { CliContext } from './CliContext.ts';
import { refusal } from './exitOf.ts';

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
  context.err(`${compared - faults} of ${compared} archived files are in XNAT as the receipt says`);
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
    const response = await ask(context, addressOf(origin, uri), authorization);
    await response.body?.cancel();
    if (response.status === 404) continue;
    left += 1;
    context.out(`stands  ${uri}`);
  }
  context.err(`${files.length - left} of ${files.length} files are gone from XNAT`);
  return left;
}

function xnatAccount({ env }: CliContext): { origin: string; authorization: string } {
  const [url, user, password] = [env.AIRLOCK_XNAT_URL, env.AIRLOCK_XNAT_USERNAME, env.AIRLOCK_XNAT_PASSWORD];
  if (url === undefined || user === undefined || password === undefined) {
    throw refusal(
      'configuration',
      'Cannot read XNAT: set AIRLOCK_XNAT_URL, AIRLOCK_XNAT_USERNAME and AIRLOCK_XNAT_PASSWORD',
    );
  }
  return {
    origin: url.replace(/\/+$/, ''),
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  };
}

/** The account goes to the XNAT that was named, whatever stands in the receipt. */
function addressOf(origin: string, uri: string): URL {
  if (!/^\/(data|REST)\//.test(uri))
    throw refusal('integrity', 'Cannot read XNAT: the receipt holds a foreign address');
  return new URL(`${origin}${uri}`);
}

/** Any answer but 2xx and 404 is a refusal: nothing is known then. */
async function ask({ fetch, signal }: CliContext, address: URL, authorization: string): Promise<Response> {
  const response = await fetch(address, { headers: { authorization }, signal, redirect: 'error' }).catch(() => {
    signal.throwIfAborted();
    throw refusal('temporary', 'Cannot read XNAT: it does not answer');
  });
  if (response.status === 401 || response.status === 403) {
    throw refusal('authentication', `Cannot read XNAT: it answers ${response.status}`);
  }
  if (response.ok || response.status === 404) return response;
  throw refusal('temporary', `Cannot read XNAT: it answers ${response.status}`);
}

async function compareFile(
  context: CliContext,
  { address, authorization, archived }: { address: URL; authorization: string; archived: Archived },
): Promise<string | undefined> {
  const response = await ask(context, address, authorization);
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
