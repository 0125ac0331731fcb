import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHttpApi } from '../../../infra/local/httpApi.ts';
import { httpRoutes } from '../../../infra/local/httpRoutes.ts';
import { startIdentityProvider } from '../../../infra/local/identityProvider.ts';
import type { Template } from '../../../infra/local/readTemplate.ts';
import { type LocalAddress, resolveTemplate } from '../../../infra/local/resolveTemplate.ts';
import { responseHeaders } from '../../../infra/local/serveWeb.ts';
import { machineToken } from './portalSignIn.ts';

const integration = (IntegrationUri: string) => ({
  Type: 'AWS::ApiGatewayV2::Integration',
  Properties: { IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0', IntegrationUri },
});
const route = (
  RouteKey: string,
  target: string,
  others: object = { AuthorizationType: 'JWT', AuthorizerId: { Ref: 'SiteToken' } },
) => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: { RouteKey, Target: { 'Fn::Join': ['', ['integrations/', { Ref: target }]] }, ...others },
});
const template: Template = {
  ...{ directory: '', outputs: new Map(), exports: new Map(), parameters: new Map() },
  resources: new Map(
    Object.entries({
      Echo: integration('arn:echo'),
      Slow: integration('arn:slow'),
      Broken: integration('arn:broken'),
      SiteToken: {
        Type: 'AWS::ApiGatewayV2::Authorizer',
        Properties: {
          ...{ AuthorizerType: 'JWT', IdentitySource: ['$request.header.Authorization'] },
          JwtConfiguration: { Issuer: { 'Fn::GetAtt': ['Pool', 'ProviderURL'] }, Audience: ['machine'] },
        },
      },
      open: route('GET /.well-known/airlock.json', 'Echo', { AuthorizationType: 'NONE' }),
      list: route('GET /v1/submissions/{submission}/objects/{object}', 'Echo'),
      create: route('POST /v1/submissions', 'Echo'),
      scoped: route('GET /v1/scoped', 'Echo', {
        ...{ AuthorizationType: 'JWT', AuthorizerId: { Ref: 'SiteToken' }, AuthorizationScopes: ['airlock/operator'] },
      }),
      slow: route('GET /v1/slow', 'Slow'),
      broken: route('GET /v1/broken', 'Broken'),
      Policy: {
        Type: 'AWS::CloudFront::ResponseHeadersPolicy',
        Properties: {
          ResponseHeadersPolicyConfig: {
            SecurityHeadersConfig: {
              ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'none'" },
              ContentTypeOptions: { Override: true },
              StrictTransportSecurity: { AccessControlMaxAgeSec: 1 },
            },
            CustomHeadersConfig: { Items: [{ Header: 'Permissions-Policy', Value: 'camera=()' }] },
          },
        },
      },
    }),
  ),
};

let directory: string;
let provider: Awaited<ReturnType<typeof startIdentityProvider>>;
let api: Awaited<ReturnType<typeof startHttpApi>>;
let token: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'airlock-web-'));
  await mkdir(join(directory, 'web', 'assets'), { recursive: true });
  await writeFile(join(directory, 'secret.txt'), 'outside');
  await writeFile(join(directory, 'web', 'index.html'), '<h1>Portal</h1>');
  await writeFile(join(directory, 'web', 'assets', 'main.js'), 'run()');
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  provider = await startIdentityProvider({
    ...{
      port: 0,
      portalUrl: 'http://127.0.0.1:1',
      users: [],
      secrets: new Map([
        ['machine', 'a secret'],
        ['other', 'a secret'],
      ]),
    },
    clients: ['machine', 'other'].map((clientId) => ({
      ...{
        clientId,
        isMachine: true,
        scopes: ['airlock/uploader'],
        redirectUris: [],
        logoutUris: [],
        tokenSeconds: 60,
      },
    })),
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' }] },
  });
  const addresses = new Map<string, LocalAddress>([
    ['Pool', { attributes: { ProviderURL: provider.url } }],
    ...['Echo', 'Slow', 'Broken', 'SiteToken'].map((id) => [id, { ref: id }] as const),
  ]);
  const resolve = resolveTemplate(template, { resources: addresses });
  api = await startHttpApi({
    ...{ port: 0, timeoutMs: 100, webDirectory: join(directory, 'web') },
    routes: httpRoutes(template, resolve),
    headers: responseHeaders(template, resolve),
    invoke: async (functionArn, event) => {
      if (functionArn === 'arn:broken') throw new Error('down');
      if (functionArn === 'arn:slow')
        return await new Promise((next) => setTimeout(() => next({ statusCode: 200 }), 300));
      return {
        statusCode: 201,
        headers: { 'content-type': 'application/json', etag: 'e' },
        body: JSON.stringify(event),
      };
    },
  });
  token = (await machineToken({ issuer: provider.url, clientId: 'machine', secret: 'a secret' })) ?? '';
});
afterAll(async () => {
  await Promise.all([api.stop(), provider.stop()]);
  await rm(directory, { recursive: true });
});

const call = (path: string, init: RequestInit = {}) =>
  fetch(api.url + path, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });

test('a request becomes the event of API Gateway, and the answer comes back as the function gave it', async () => {
  const response = await call('/v1/submissions/sub_1/objects/x%2Fy?cursor=a&cursor=b%20c&limit=2', {
    headers: { cookie: 'a=1; b=2' },
  });
  expect(response.status).toBe(201);
  expect(response.headers.get('etag')).toBe('e');
  expect(await response.json()).toMatchObject({
    ...{ version: '2.0', routeKey: 'GET /v1/submissions/{submission}/objects/{object}', isBase64Encoded: false },
    ...{ rawPath: '/v1/submissions/sub_1/objects/x%2Fy', rawQueryString: 'cursor=a&cursor=b%20c&limit=2' },
    pathParameters: { submission: 'sub_1', object: 'x/y' },
    queryStringParameters: { cursor: 'a,b c', limit: '2' },
    cookies: ['a=1', 'b=2'],
    requestContext: {
      http: { method: 'GET', sourceIp: '127.0.0.1' },
      authorizer: { jwt: { claims: { sub: 'machine', client_id: 'machine' }, scopes: ['airlock/uploader'] } },
    },
  });
});

test.each([
  {
    why: 'JSON goes as text',
    type: 'application/json',
    body: '{"a":1}',
    wanted: { body: '{"a":1}', isBase64Encoded: false },
  },
  { why: 'bytes go as base64', type: 'application/zip', body: 'PK', wanted: { body: 'UEs=', isBase64Encoded: true } },
])('of a body $why', async ({ type, body, wanted }) => {
  const response = await call('/v1/submissions', { method: 'POST', body, headers: { 'content-type': type } });
  expect(await response.json()).toMatchObject(wanted);
});

const forged = async () => {
  const { privateKey } = await generateKeyPair('RS256');
  const claims = { client_id: 'machine', scope: 'airlock/operator' };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(provider.url)
    .setExpirationTime('1h')
    .sign(privateKey);
};
const none = async () => `${btoa('{"alg":"none"}')}.${token.split('.')[1]}.`;
const foreign = async () => (await machineToken({ issuer: provider.url, clientId: 'other', secret: 'a secret' })) ?? '';
test.each([
  { why: 'no token', credential: async () => '' },
  { why: 'a token signed by another', credential: forged },
  { why: 'an unsigned token', credential: none },
  { why: 'a token for another client', credential: foreign },
  { why: 'garbage', credential: async () => 'x.y.z' },
])('a request with $why is unauthorized', async ({ credential }) => {
  const response = await call('/v1/submissions', {
    method: 'POST',
    headers: { authorization: `Bearer ${await credential()}` },
  });
  expect(response.status).toBe(401);
});

test.each([
  { why: 'lacks a scope of the route', path: '/v1/scoped', method: 'GET', status: 403 },
  { why: 'has no such route', path: '/v1/nothing', method: 'GET', status: 404 },
  { why: 'has no such method', path: '/v1/submissions', method: 'DELETE', status: 404 },
  { why: 'takes too long', path: '/v1/slow', method: 'GET', status: 503 },
  { why: 'meets a broken function', path: '/v1/broken', method: 'GET', status: 500 },
])('a request that $why is answered $status', async ({ path, method, status }) => {
  expect((await call(path, { method })).status).toBe(status);
});

test('a body above 10 MB is refused', async () => {
  const response = await call('/v1/submissions', { method: 'POST', body: new Uint8Array(10 * 1024 * 1024 + 1) });
  expect(response.status).toBe(413);
});

test('a route without an authorizer needs no token', async () => {
  const response = await fetch(`${api.url}/.well-known/airlock.json`);
  expect(response.status).toBe(201);
  expect(await response.json()).not.toHaveProperty('requestContext.authorizer');
});

test.each([
  { why: 'the page at its root', path: '/', wanted: '<h1>Portal</h1>' },
  { why: 'the page at an address of its own', path: '/submissions/sub_1', wanted: '<h1>Portal</h1>' },
  { why: 'a file', path: '/assets/main.js', wanted: 'run()' },
])('the portal serves $why with the headers of the template', async ({ path, wanted }) => {
  const response = await fetch(api.url + path);
  expect(await response.text()).toBe(wanted);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    ...{
      'content-security-policy': "default-src 'none'",
      'x-content-type-options': 'nosniff',
      'permissions-policy': 'camera=()',
    },
  });
  expect(response.headers.has('strict-transport-security')).toBe(false);
});

/** Sends a path as it is; fetch would tidy it. */
const raw = (path: string, host?: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    request({ port: new URL(api.url).port, host: '127.0.0.1', path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/%00.js',
  '/%ff.js',
  '/assets/none.js',
])('the portal serves nothing at %s', async (path) => {
  expect(await raw(path)).toBe(404);
});

test('a foreign host name is refused', async () => {
  expect(await raw('/', 'evil.example:80')).toBe(421);
});

test('a template whose route lost its authorizer is refused', () => {
  const resources = new Map(template.resources);
  resources.delete('SiteToken');
  const addresses = new Map(['Echo', 'Slow', 'Broken', 'SiteToken'].map((id) => [id, { ref: id }] as const));
  const resolve = resolveTemplate({ ...template, resources }, { resources: addresses });
  expect(() => httpRoutes({ ...template, resources }, resolve)).toThrow(/has no authorizer/);
});
