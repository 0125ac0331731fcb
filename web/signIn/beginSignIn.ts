import * as oauth from 'oauth4webapi';
import type { ServiceDescription } from '../../core/submission/contracts/api.ts';
import { discoverIssuer } from './discoverIssuer.ts';
import { heldAttempt } from './heldSession.ts';
import { isSignInWindow } from './signInWindow.ts';

/** Where the issuer sends people back to: registered there as the portal's one address. */
export const redirectUri = () => `${location.origin}/`;

/** Leaves for the issuer's sign-in page: authorization code with PKCE, state and nonce (RFC 9700 §2.1.1). */
export async function beginSignIn(service: ServiceDescription): Promise<void> {
  const { server, client } = await discoverIssuer(service);
  if (server.authorization_endpoint === undefined) throw new Error('Cannot sign in: the issuer has no sign-in page');
  const attempt = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    codeVerifier: oauth.generateRandomCodeVerifier(),
    hash: location.hash,
    isWindow: isSignInWindow(),
  };
  heldAttempt.keep(attempt);
  const address = new URL(server.authorization_endpoint);
  address.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: redirectUri(),
    response_type: 'code',
    scope: service.scopes.join(' '),
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(attempt.codeVerifier),
    code_challenge_method: 'S256',
  }).toString();
  location.assign(address);
}
