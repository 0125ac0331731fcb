import * as oauth from 'oauth4webapi';
import type { ServiceDescription } from '../../core/submission/contracts/api.ts';
import { redirectUri } from './beginSignIn.ts';
import { discoverIssuer } from './discoverIssuer.ts';
import { heldAttempt, heldSession, type Session } from './heldSession.ts';
import { handOver } from './signInWindow.ts';

/** True on the way back from the issuer. */
export const isReturning = () => /[?&](code|error)=/.test(location.search);

/**
 * Ends the sign-in that brought the person back: checks state, issuer and nonce, and trades the code for tokens. The
 * code leaves the address bar first, so that it stands in no history.
 */
export async function completeSignIn(service: ServiceDescription): Promise<Session> {
  const returned = new URL(location.href);
  const attempt = heldAttempt.take();
  history.replaceState(undefined, '', `/${attempt?.hash ?? ''}`);
  if (attempt === undefined) throw new Error('Cannot sign in: this tab did not ask for it');
  const { server, client, options } = await discoverIssuer(service);
  const parameters = oauth.validateAuthResponse(server, client, returned, attempt.state);
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    redirectUri(),
    attempt.codeVerifier,
    options,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
    expectedNonce: attempt.nonce,
    requireIdToken: true,
  });
  const session = sessionOf(tokens);
  if (attempt.isWindow) handOver(session);
  else heldSession.keep(session);
  return session;
}

/** A new access token without the person, when the issuer gave a refresh token. */
export async function renewSession(service: ServiceDescription, session: Session): Promise<Session | undefined> {
  if (session.refreshToken === undefined) return undefined;
  const { server, client, options } = await discoverIssuer(service);
  const answer = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), session.refreshToken, options);
  const tokens = await oauth.processRefreshTokenResponse(server, client, answer);
  const renewed = { ...session, ...sessionOf(tokens) };
  heldSession.keep(renewed);
  return renewed;
}

const sessionOf = ({ access_token, refresh_token, id_token }: oauth.TokenEndpointResponse): Session => ({
  accessToken: access_token,
  ...(refresh_token !== undefined && { refreshToken: refresh_token }),
  ...(id_token !== undefined && { idToken: id_token }),
});
