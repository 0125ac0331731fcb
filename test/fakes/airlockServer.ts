import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { errorCatalogue } from '../../core/submission/codes/errorCatalogue.ts';
import { CommitBody, CompleteObjectBody, PutManifestBody, SignPartsBody } from '../../core/submission/contracts/api.ts';
import { concat } from '../core/pack/streams.ts';
import { type CaseOptions, linesOf, memoryCases, view } from './airlockCases.ts';

/** What one request meets instead of its answer; `lose` does what was asked and loses the answer. */
type Fault = { status: number; headers?: Record<string, string>; body?: string } | 'drop' | 'lose';

interface FakeOptions extends CaseOptions {
  /** Asked before each request is answered, and waited for; `count` tells how often the same request came. */
  fault?: (request: { method: string; path: string; count: number }) => Fault | undefined | Promise<Fault | undefined>;
  tokens?: string[];
  /** Those that may do what only an operator may. */
  operators?: string[];
}

const xnatLogin = `Basic ${Buffer.from('reader:secret').toString('base64')}`;

/** The API, its storage, an issuer of tokens and an XNAT in memory, behind one real HTTP server. */
export async function startAirlockServer(options: FakeOptions = {}) {
  const seen: string[] = [];
  const load = { inFlight: 0, mostInFlight: 0 };
  const tokens = options.tokens ?? ['good'];
  const operators = options.operators ?? ['operator'];
  let port = 0;
  const origin = () => `http://127.0.0.1:${port}`;
  const cases = memoryCases(options, origin);

  const server = createServer((request, response) => {
    answer(request).then(
      (result) => reply(response, result),
      (error: unknown) => reply(response, problem(error)),
    );
  });

  async function answer(request: IncomingMessage): Promise<Answer> {
    const url = new URL(request.url ?? '/', origin());
    const method = request.method ?? 'GET';
    const key = `${method} ${url.pathname}`;
    seen.push(key);
    const count = seen.filter((one) => one === key).length;
    load.inFlight += 1;
    load.mostInFlight = Math.max(load.mostInFlight, load.inFlight);
    const body = concat(await Array.fromAsync(request, (chunk: Uint8Array) => chunk));
    load.inFlight -= 1;
    const fault = await options.fault?.({ method, path: url.pathname, count });
    if (fault === 'drop') return { drop: true };
    if (fault !== undefined && fault !== 'lose') return fault;
    const answered = url.pathname.startsWith('/storage/')
      ? cases.store(url, request, body)
      : (open(url.pathname, request) ?? (await guarded(method, url.pathname, request, body)));
    return fault === 'lose' ? { drop: true } : answered;
  }

  /** What needs no token of this API. */
  function open(path: string, request: IncomingMessage): Answer | undefined {
    const { receiptKey } = cases;
    if (path.startsWith('/data/')) return giveArchived(path, request);
    if (path === '/token') return giveToken(request);
    if (path === '/.well-known/airlock.json') {
      return json({ issuer: origin(), clientId: 'airlock', scopes: [], receiptKey });
    }
    if (path === '/.well-known/openid-configuration') {
      return json({ issuer: origin(), token_endpoint: `${origin()}/token` });
    }
    return undefined;
  }

  function guarded(method: string, path: string, request: IncomingMessage, bytes: Uint8Array) {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    if (![...tokens, ...operators].includes(token)) {
      throw new DomainError('Unauthenticated', 'Cannot answer: the token is not valid');
    }
    if (path.endsWith('/resume') && !operators.includes(token)) {
      throw new DomainError('Forbidden', 'Cannot call resumeSubmission: it needs the role operator');
    }
    const body: unknown = bytes.length === 0 ? undefined : JSON.parse(Buffer.from(bytes).toString());
    if (path !== '/v1/submissions') return ofSubmission(method, path, body);
    const key = request.headers['idempotency-key'];
    if (method === 'POST') return json(view(cases.create(body, typeof key === 'string' ? key : undefined)), 201);
    return json({ items: [...cases.cases.values()].map(view) });
  }

  async function ofSubmission(method: string, path: string, body: unknown): Promise<Answer> {
    const [, , , id = '', part = '', object = '', action = ''] = path.split('/');
    const one = cases.require(id);
    if (part === 'objects' && action === 'complete') {
      return json(cases.complete(one, object, CompleteObjectBody.parse(body)));
    }
    const routes: Record<string, () => unknown> = {
      'GET ': () => view(one),
      'GET events': () => ({ events: one.events }),
      'GET receipt': () => cases.receiptOf(one),
      'GET relabellings': () => ({ relabellings: [] }),
      'PUT manifest': () => cases.announce(one, PutManifestBody.parse(body)),
      'POST commit': () => cases.commit(one, CommitBody.parse(body).manifestSha256),
      'POST resume': () => cases.resume(one),
      'GET objects': () => cases.listParts(one, object),
      'POST objects': () => cases.signParts(one, object, SignPartsBody.parse(body)),
    };
    const route = routes[`${method} ${part}`];
    if (route === undefined) throw new DomainError('RouteNotFound', 'Cannot answer: there is no such route');
    return json(await route());
  }

  function giveArchived(path: string, request: IncomingMessage): Answer {
    if (request.headers.authorization !== xnatLogin) return { status: 401 };
    const [, id = '', file = ''] = /(sub_[0-9A-Z]{26})-(\d+)\.dcm$/.exec(path) ?? [];
    const bytes = cases.cases.get(id)?.arrived.get(Number(file));
    return bytes === undefined ? { status: 404 } : { status: 200, body: bytes };
  }

  function giveToken(request: IncomingMessage): Answer {
    const login = Buffer.from(request.headers.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
    const [, given] =
      Object.entries({ robot: tokens, operator: operators }).find(([id]) => login === `${id}:s%26cret`) ?? [];
    if (given === undefined) return json({ error: 'invalid_client' }, 401);
    return json({ access_token: given.at(-1), token_type: 'Bearer', expires_in: 600 });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = z.object({ port: z.number() }).parse(server.address()).port;

  return {
    url: origin(),
    receiptKey: cases.receiptKey,
    cases: cases.cases,
    stored: cases.stored,
    load,
    /** `METHOD /path` of every request, in order. */
    seen,
    /** The files that arrived, in the order of the manifest. */
    arrived: (id: string) =>
      [...cases.require(id).arrived.entries()].sort(([a], [b]) => a - b).map(([, bytes]) => bytes),
    manifestOf: (id: string) => linesOf(cases.require(id)),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Answer = { drop: true } | { status: number; headers?: Record<string, string>; body?: string | Uint8Array };

const json = (body: unknown, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const statuses: Record<string, number> = {
  Unauthenticated: 401,
  Forbidden: 403,
  StateConflict: 409,
  ReceiptNotReady: 409,
  ManifestMismatch: 422,
};

function problem(error: unknown): Answer {
  if (!DomainError.is(error)) return json({ message: String(error) }, 400);
  const { name: code, message: detail } = error;
  const status = statuses[code] ?? (code.endsWith('NotFound') ? 404 : 409);
  const { meaning: title, retryable } = errorCatalogue[code];
  return json({ type: `about:${code}`, title, status, code, detail, retryable }, status);
}

function reply(response: ServerResponse, answer: Answer): void {
  if ('drop' in answer) {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, answer.headers ?? {}).end(answer.body);
}
