import type { ServiceDescription } from '../../core/submission/contracts/api.ts';
import { redirectUri } from './beginSignIn.ts';
import { discoverIssuer } from './discoverIssuer.ts';
import { heldSession } from './heldSession.ts';

/**
 * Forgets the tokens and lets the issuer end its own sign-in (OpenID Connect RP-Initiated Logout 1.0): on a computer
 * that several people use, the next one must not come in as the last. Cognito names the way back `logout_uri`.
 */
export async function endSignIn(service: ServiceDescription): Promise<void> {
  const idToken = heldSession.read()?.idToken;
  heldSession.forget();
  const { server, client } = await discoverIssuer(service);
  if (server.end_session_endpoint === undefined) return;
  const address = new URL(server.end_session_endpoint);
  address.search = new URLSearchParams({
    client_id: client.client_id,
    post_logout_redirect_uri: redirectUri(),
    logout_uri: redirectUri(),
    ...(idToken !== undefined && { id_token_hint: idToken }),
  }).toString();
  location.assign(address);
}
