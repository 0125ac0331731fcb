import { decodeJwt, exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startIdentityProvider } from '../../../infra/local/identityProvider.ts';
import { machineToken, portalSignIn } from './portalSignIn.ts';

const portalUrl = 'http://127.0.0.1:4180';
const redirectUri = `${portalUrl}/`;
const scopes = ['airlock/uploader', 'airlock/site-demo'];
const user = { name: 'demo', password: 'correct horse battery', groups: ['site-demo', 'uploader'] };
let provider: Awaited<ReturnType<typeof startIdentityProvider>>;

beforeAll(async () => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  provider = await startIdentityProvider({
    ...{ port: 0, portalUrl, users: [user], secrets: new Map([['machine', 'a long secret of a machine']]) },
    clients: [
      {
        clientId: 'web',
        isMachine: false,
        scopes: ['openid'],
        redirectUris: [redirectUri],
        logoutUris: [redirectUri],
        tokenSeconds: 3600,
      },
      { clientId: 'machine', isMachine: true, scopes, redirectUris: [], logoutUris: [], tokenSeconds: 43_200 },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' }] },
  });
});
afterAll(() => provider.stop());

const person = (password: string) =>
  portalSignIn({ issuer: provider.url, clientId: 'web', redirectUri, name: user.name, password });
const machine = (secret: string, scope?: string) =>
  machineToken({ issuer: provider.url, clientId: 'machine', secret, ...(scope !== undefined && { scope }) });

test("a person's token names an opaque subject, the client and the groups, as Cognito's does", async () => {
  const { tokens, traded } = await person(user.password);
  const claims = decodeJwt(tokens?.access_token ?? '');
  expect(claims).toMatchObject({
    iss: provider.url,
    client_id: 'web',
    token_use: 'access',
    'cognito:groups': user.groups,
  });
  expect(claims.sub).toMatch(/^[0-9a-f]{32}$/);
  expect(Number(claims.exp) - Number(claims.iat)).toBe(3600);
  expect(traded?.headers.get('access-control-allow-origin')).toBe(portalUrl);
});

test('a wrong password is told on the page, which runs no script', async () => {
  const { tokens, page, html } = await person('wrong horse battery');
  expect(tokens).toBeUndefined();
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
  expect(html).toContain('<label for="password">');
  expect(html).not.toContain('<script');
});

test("a machine's token is its own subject, with the scopes of the template", async () => {
  const claims = decodeJwt((await machine('a long secret of a machine', scopes.join(' '))) ?? '');
  expect(claims).toMatchObject({ sub: 'machine', client_id: 'machine', scope: scopes.join(' ') });
  expect(claims['cognito:groups']).toBeUndefined();
});

test('a machine that names no scope gets all of its own, as from Cognito', async () => {
  expect(decodeJwt((await machine('a long secret of a machine')) ?? '').scope).toBe(scopes.join(' '));
});

test('a machine with a wrong secret gets no token', async () => {
  expect(await machine('guess', 'airlock/uploader')).toBeUndefined();
});

test('a machine gets no scope of another site', async () => {
  const token = await machine('a long secret of a machine', 'airlock/uploader airlock/site-other');
  expect(token === undefined ? '' : decodeJwt(token).scope).not.toContain('site-other');
});

test.each([
  { why: 'leads elsewhere', change: { redirect_uri: 'http://127.0.0.1:9/', code_challenge: 'x'.repeat(43) } },
  { why: 'has no code challenge', change: { code_challenge: '', redirect_uri: redirectUri } },
])('a sign-in that $why is refused', async ({ change }) => {
  const asked = { client_id: 'web', response_type: 'code', scope: 'openid', ...change };
  const response = await fetch(`${provider.url}/auth?${new URLSearchParams(asked)}`, { redirect: 'manual' });
  expect(response.headers.get('location') ?? '').not.toContain('interaction');
});

test('a sign-in without its cookie is over', async () => {
  const response = await fetch(`${provider.url}/interaction/abc`, { method: 'POST' });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('start anew');
});
