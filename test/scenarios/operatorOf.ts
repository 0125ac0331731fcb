import { type ApiClient, apiClient } from '../../core/upload/apiClient.ts';
import { portalSignIn } from '../infra/local/portalSignIn.ts';
import type { Machine } from './machine.ts';

type At = Pick<Machine, 'airlock' | 'site'>;

/** The token of a person with every role at the site, who signed in as in the portal. */
export async function operatorToken({ airlock, site }: At): Promise<string> {
  const { urls, keyring } = airlock;
  const [user] = keyring.users;
  if (user === undefined) throw new Error('Cannot sign in: the machine has no user');
  const { issuer, clientId } = await site.api.describeService();
  const { name, password } = user;
  const { tokens } = await portalSignIn({ issuer, clientId, redirectUri: `${urls.portal}/`, name, password });
  return tokens?.access_token ?? '';
}

/** The API as that person sees it. */
export async function operatorOf(at: At): Promise<ApiClient> {
  const token = await operatorToken(at);
  return apiClient({ url: at.airlock.urls.api, fetch, retry: (attempt) => attempt(), token: async () => token });
}
