import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import * as z from 'zod';
import type { JwtRule } from './httpRoutes.ts';

/** What became of a request's token: its claims, or why it may not pass. */
export type Authorized = { claims: JWTPayload; scopes: string[] } | 'unauthorized' | 'forbidden';

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * The JWT authorizer of an HTTP API: signature by the issuer's published keys, issuer, times, and the audience in
 * `aud` or, where there is none, in `client_id`; then one of the route's scopes, if it asks for any.
 */
export function jwtAuthorizer(): (authorization: string | undefined, rule: JwtRule) => Promise<Authorized> {
  const keySets = new Map<string, Promise<ReturnType<typeof createRemoteJWKSet>>>();
  const keysOf = (issuer: string) => {
    const known = keySets.get(issuer) ?? openKeys(issuer);
    keySets.set(issuer, known);
    known.catch(() => keySets.delete(issuer));
    return known;
  };
  return async (authorization, { issuer, audience, scopes }) => {
    const token = authorization?.replace(/^Bearer /i, '');
    if (token === undefined || token === '') return 'unauthorized';
    const claims = await verify(token, issuer, await keysOf(issuer));
    if (claims === undefined) return 'unauthorized';
    const { aud = claims.client_id, scope } = claims;
    if (![aud].flat().some((each) => typeof each === 'string' && audience.includes(each))) return 'unauthorized';
    const held = typeof scope === 'string' ? scope.split(' ') : [];
    if (scopes.length > 0 && !scopes.some((each) => held.includes(each))) return 'forbidden';
    return { claims, scopes: held };
  };
}

async function openKeys(issuer: string) {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  return createRemoteJWKSet(new URL(Discovery.parse(await response.json()).jwks_uri));
}

async function verify(token: string, issuer: string, keys: ReturnType<typeof createRemoteJWKSet>) {
  try {
    // HTTP APIs take RSA signatures alone
    return (await jwtVerify(token, keys, { issuer, algorithms: ['RS256'], requiredClaims: ['exp'] })).payload;
  } catch {
    return undefined;
  }
}
