import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { errorCatalogue } from '../../core/submission/codes/errorCatalogue.ts';
import { CommitBody, CompleteObjectBody, PutManifestBody, SignPartsBody } from '../../core/submission/contracts/api.ts';
import { startIdentityProvider } from '../../infra/local/identityProvider.ts';
import { listen } from '../../infra/local/listen.ts';
import { concat } from '../core/pack/streams.ts';
import { type CaseOptions, memoryCases, view } from '../fakes/airlockCases.ts';

interface PortalServerOptions extends CaseOptions {
  /** Lifetime of an access token. */
  tokenSeconds?: number;
  /** True refuses the request as storage under load does. */
  isStorageBusy?: (request: { path: string; count: number }) => boolean;
}

export const demoUser = { name: 'demo', password: 'correct horse battery', groups: ['site-leeds', 'uploader'] };
const distribution = join(import.meta.dirname, '../../dist/web');
const contentTypes: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/**
 * The built portal, an API that keeps the contract, a sign-in and a storage: three origins, the portal's with the
 * content security policy of the deployment, the storage's with a CORS rule for the portal alone.
 */
export async function startPortalServer(options: PortalServerOptions = {}) {
  const portal = createServer();
  const storage = createServer();
  const [atPortal, atStorage] = [await listen(portal, 0), await listen(storage, 0)];
  const url = `http://127.0.0.1:${atPortal.port}`;
  const storageUrl = `http://127.0.0.1:${atStorage.port}`;
  const cases = memoryCases(options, () => storageUrl);
  const identity = await startIdentity(url, options.tokenSeconds ?? 3600);
  const keys = createRemoteJWKSet(new URL(`${identity.url}/jwks`));
  const counts = new Map<string, number>();

  portal.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const path = new URL(request.url ?? '/', url).pathname;
    const served = /^\/(v1|\.well-known)\//.test(path) ? answerApi(request, response, path) : servePage(response, path);
    served.catch((error: unknown) => answerProblem(response, error));
  });
  storage.on('request', (request: IncomingMessage, response: ServerResponse) => {
    store(request, response).catch(() => response.destroy());
  });

  async function servePage(response: ServerResponse, path: string): Promise<void> {
    const file = path === '/' ? '/index.html' : path;
    const body = await readFile(join(distribution, file)).catch(() => undefined);
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': contentTypes[extname(file)] ?? 'text/plain',
      'content-security-policy': [
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:",
        `connect-src 'self' ${storageUrl} ${identity.url}`,
        "worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
      ].join('; '),
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    response.end(body);
  }

  async function answerApi(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (path === '/.well-known/airlock.json') {
      const described = { issuer: identity.url, clientId: 'web', scopes: ['openid'], receiptKey: cases.receiptKey };
      return answerJson(response, described);
    }
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    await jwtVerify(token, keys, { issuer: identity.url, audience: 'web' }).catch(() => {
      throw new DomainError('Unauthenticated', 'Cannot answer: the token is not valid');
    });
    const bytes = concat(await Array.fromAsync(request, (chunk: Uint8Array) => chunk));
    const body: unknown = bytes.length === 0 ? undefined : JSON.parse(Buffer.from(bytes).toString());
    answerJson(response, await routed(`${request.method}`, path, body));
  }

  function routed(method: string, path: string, body: unknown): unknown {
    const [, , , id = '', part = '', object = '', action = ''] = path.split('/');
    if (id === '' && method === 'POST') return view(cases.create(body, undefined));
    if (id === '') return { items: [...cases.cases.values()].reverse().map(view) };
    const one = cases.require(id);
    const routes: Record<string, () => unknown> = {
      'GET ': () => view(one),
      'GET events': () => ({ events: one.events }),
      'GET receipt': () => cases.receiptOf(one),
      'PUT manifest': () => cases.announce(one, PutManifestBody.parse(body)),
      'POST commit': () => cases.commit(one, CommitBody.parse(body).manifestSha256),
      'GET objects parts': () => cases.listParts(one, object),
      'POST objects parts': () => cases.signParts(one, object, SignPartsBody.parse(body)),
      'POST objects complete': () => cases.complete(one, object, CompleteObjectBody.parse(body)),
    };
    const route = routes[action === '' ? `${method} ${part}` : `${method} ${part} ${action}`];
    if (route === undefined) throw new DomainError('RouteNotFound', 'Cannot answer: there is no such route');
    return route();
  }

  async function store(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = new URL(request.url ?? '/', storageUrl);
    const isAdmitted = request.headers.origin === url;
    if (isAdmitted) response.setHeader('access-control-allow-origin', url);
    if (request.method === 'OPTIONS') {
      response.setHeader('access-control-allow-methods', 'PUT');
      response.setHeader('access-control-allow-headers', 'x-amz-checksum-sha256');
      response.writeHead(isAdmitted ? 200 : 403).end();
      return;
    }
    const body = concat(await Array.fromAsync(request, (chunk: Uint8Array) => chunk));
    const count = (counts.get(address.pathname) ?? 0) + 1;
    counts.set(address.pathname, count);
    const isBusy = options.isStorageBusy?.({ path: address.pathname, count }) ?? false;
    const answer = isBusy ? { status: 503 } : cases.store(address, request, body);
    response.writeHead(answer.status).end('body' in answer ? answer.body : undefined);
  }

  return {
    url,
    storageUrl,
    cases: cases.cases,
    stored: cases.stored,
    stop: async () => {
      await Promise.all([atPortal.stop(), atStorage.stop(), identity.stop()]);
    },
  };
}

async function startIdentity(portalUrl: string, tokenSeconds: number) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const uris = [`${portalUrl}/`];
  const web = {
    clientId: 'web',
    isMachine: false,
    scopes: ['openid'],
    redirectUris: uris,
    logoutUris: uris,
    tokenSeconds,
  };
  return startIdentityProvider({
    port: 0,
    portalUrl,
    clients: [web],
    secrets: new Map(),
    users: [demoUser],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' }] },
  });
}

function answerJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function answerProblem(response: ServerResponse, error: unknown): void {
  const code = DomainError.is(error) ? error.name : 'UnexpectedFault';
  const { meaning: title, retryable } = errorCatalogue[code];
  const status = code === 'Unauthenticated' ? 401 : code === 'UnexpectedFault' ? 500 : 409;
  const detail = DomainError.is(error) ? error.message : title;
  answerJson(response, { type: `about:${code}`, title, status, code, detail, retryable }, status);
}
