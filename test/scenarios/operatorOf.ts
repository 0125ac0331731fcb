import { type ApiClient, apiClient } from '../../core/upload/apiClient.ts';
import { portalSignIn } from '../infra/local/portalSignIn.ts';
import type { Machine } from './machine.ts';

/** The API as a person with every role at the site sees it, who signed in as in the portal. */
export async function operatorOf({ airlock, site }: Pick<Machine, 'airlock' | 'site'>): Promise<ApiClient> {
  const { urls, keyring } = airlock;
  const [user] = keyring.users;
  if (user === undefined) throw new Error('Cannot sign in: the machine has no user');
  const { issuer, clientId } = await site.api.describeService();
  const { name, password } = user;
  const { tokens } = await portalSignIn({ issuer, clientId, redirectUri: `${urls.portal}/`, name, password });
  return apiClient({
    url: urls.api,
    fetch,
    retry: (attempt) => attempt(),
    token: async () => tokens?.access_token ?? '',
  });
}
