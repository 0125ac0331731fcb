import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';

const Discovery = z.object({ authorization_endpoint: z.url(), token_endpoint: z.url() });
const Tokens = z.object({ access_token: z.string(), id_token: z.string() });

interface SignIn {
  issuer: string;
  clientId: string;
  redirectUri: string;
  name: string;
  password: string;
}

/** Signs a person in as the portal and a browser would: code, PKCE, cookies, one form. Undefined when refused. */
export async function portalSignIn({ issuer, clientId, redirectUri, name, password }: SignIn) {
  const cookies = new Map<string, string>();
  const visit = async (url: string, init: RequestInit = {}) => {
    const cookie = [...cookies].map(([key, value]) => `${key}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(key, value);
    }
    return response;
  };
  const discovered = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  const { authorization_endpoint, token_endpoint } = Discovery.parse(discovered);
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const asked = new URLSearchParams({
    ...{ client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope: 'openid', state: 's' },
    ...{ code_challenge: challenge, code_challenge_method: 'S256' },
  });
  const begun = await visit(`${authorization_endpoint}?${asked}`);
  const form = new URL(begun.headers.get('location') ?? '', issuer).href;
  const page = await visit(form);
  const html = await page.text();
  let answer = await visit(form, { method: 'POST', body: new URLSearchParams({ name, password }) });
  if (answer.status === 401) return { page, html, tokens: undefined };
  for (let hops = 0; hops < 5 && !answer.headers.get('location')?.startsWith(redirectUri); hops += 1) {
    answer = await visit(new URL(answer.headers.get('location') ?? '', issuer).href);
  }
  const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
  const traded = await fetch(token_endpoint, {
    method: 'POST',
    headers: { origin: new URL(redirectUri).origin },
    body: new URLSearchParams({
      ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri, client_id: clientId },
      code_verifier: verifier,
    }),
  });
  return { page, html, traded, tokens: Tokens.parse(await traded.json()) };
}

/** A machine's token. Undefined when refused. */
export async function machineToken(machine: { issuer: string; clientId: string; secret: string; scope?: string }) {
  const { issuer, clientId, secret, scope } = machine;
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) }),
  });
  const answer: unknown = await response.json();
  return z.object({ access_token: z.string() }).safeParse(answer).data?.access_token;
}
