import type { CliContext } from '../CliContext.ts';
import { refusal } from '../exitOf.ts';

/** Of the site's own account. @throws a refusal `configuration` */
export function xnatAccount({ env }: CliContext): { origin: string; authorization: string } {
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
export function addressOf(origin: string, uri: string): URL {
  if (!/^\/(data|REST)\//.test(uri))
    throw refusal('integrity', 'Cannot read XNAT: the receipt holds a foreign address');
  return new URL(`${origin}${uri}`);
}

/** Any answer but 2xx and 404 is a refusal: nothing is known then. */
export async function askXnat({ fetch, signal }: CliContext, address: URL, authorization: string): Promise<Response> {
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
