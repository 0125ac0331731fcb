import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import type { HttpRoute } from './httpRoutes.ts';
import { type Authorized, jwtAuthorizer } from './jwtAuthorizer.ts';
import { listen } from './listen.ts';
import { readBody } from './readBody.ts';
import { localAccount } from './resolveTemplate.ts';
import { serveWeb } from './serveWeb.ts';

interface HttpApiOptions {
  port: number;
  routes: HttpRoute[];
  /** Sent with every answer. */
  headers: Record<string, string>;
  /** The built portal. */
  webDirectory: string;
  invoke(functionArn: string, event: unknown): Promise<unknown>;
  /** How long a function may take; API Gateway's own limit when absent. */
  timeoutMs?: number | undefined;
}

/** Quotas of HTTP APIs. */
const bodyMaxBytes = 10 * 1024 * 1024;
const timeoutMs = 29_000;

const LambdaAnswer = z.object({
  statusCode: z.int().min(200).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  cookies: z.array(z.string()).default([]),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
});

/** The portal and the API of the template under one origin, as its distribution has them. */
export async function startHttpApi(options: HttpApiOptions) {
  const authorize = jwtAuthorizer();
  const server = createServer(async (request, response) => {
    for (const [name, value] of Object.entries(options.headers)) response.setHeader(name, value);
    try {
      await answer(request, response);
    } catch {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'Internal Server Error');
    }
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname: path, search } = new URL(request.url ?? '/', 'http://127.0.0.1');
    // a foreign name that resolves to this machine is not ours (DNS rebinding)
    if (!/^(127\.0\.0\.1|localhost):\d+$/.test(request.headers.host ?? '')) {
      return refuse(response, 421, 'Misdirected Request');
    }
    const matching = options.routes.filter(({ pattern }) => pattern.test(path));
    const route = matching.find(({ method }) => method === request.method);
    if (route !== undefined) return await callRoute({ route, path, search, request, response });
    if (/^\/(v1|\.well-known)\//.test(path)) return refuse(response, 404, 'Not Found');
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Method Not Allowed');
    return await serveWeb(response, options.webDirectory, path);
  };
  const callRoute = async ({ response, ...call }: Call & { response: ServerResponse }) => {
    const { request, route } = call;
    const authorized = route.jwt && (await authorize(request.headers.authorization, route.jwt));
    if (authorized === 'unauthorized') return refuse(response, 401, 'Unauthorized', { 'www-authenticate': 'Bearer' });
    if (authorized === 'forbidden') return refuse(response, 403, 'Forbidden');
    const body = await readBody(request, bodyMaxBytes);
    if (body === undefined) return refuse(response, 413, 'Request Entity Too Large', { connection: 'close' });
    const running = options.invoke(route.functionArn, gatewayEvent({ ...call, body, authorized }));
    const result = await within(running, options.timeoutMs ?? timeoutMs);
    if (result === 'late') return refuse(response, 503, 'Service Unavailable');
    send(response, LambdaAnswer.parse(result));
  };
  const { port, stop } = await listen(server, options.port);
  return { url: `http://127.0.0.1:${port}`, stop };
}

interface Call {
  route: HttpRoute;
  path: string;
  search: string;
  request: IncomingMessage;
}

interface AuthorizedCall extends Call {
  body: Buffer;
  authorized: Exclude<Authorized, string> | undefined;
}

/** The event of payload format 2.0. */
function gatewayEvent(call: AuthorizedCall): object {
  const { route, path, search, request, body, authorized } = call;
  const time = new Date();
  const isText = /^(application\/(.*\+)?json|text\/)/.test(request.headers['content-type'] ?? 'application/json');
  const { cookie, ...headers } = request.headers;
  const parameters = route.pattern.exec(path)?.groups;
  const query = [...new URLSearchParams(search)];
  return {
    ...{ version: '2.0', routeKey: route.routeKey, rawPath: path, rawQueryString: search.slice(1) },
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    ...(query.length > 0 && { queryStringParameters: joined(query) }),
    ...(parameters && { pathParameters: Object.fromEntries(Object.entries(parameters).map(decoded)) }),
    requestContext: {
      ...{ accountId: localAccount.id, apiId: 'local', domainName: request.headers.host, stage: '$default' },
      ...{ requestId: randomUUID(), routeKey: route.routeKey },
      ...{ time: time.toUTCString(), timeEpoch: time.getTime() },
      http: {
        ...{ method: request.method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
        userAgent: request.headers['user-agent'] ?? '',
      },
      ...(authorized && { authorizer: { jwt: { claims: claimTexts(authorized.claims), scopes: authorized.scopes } } }),
    },
    ...(body.length > 0 && { body: isText ? body.toString() : body.toString('base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** HTTP APIs hand every claim over as a text; a list is written `[a b]`. */
function claimTexts(claims: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      Array.isArray(value) ? `[${value.join(' ')}]` : String(value),
    ]),
  );
}

function joined(query: [string, string][]): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of query) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}

const decoded = ([name, value]: [string, string]) => [name, decodeURIComponent(value)] as const;

async function within<Result>(running: Promise<Result>, ms: number): Promise<Result | 'late'> {
  const { promise, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), ms);
  try {
    return await Promise.race([running, promise]);
  } finally {
    clearTimeout(timer);
    running.catch(() => undefined);
  }
}

function send(
  response: ServerResponse,
  { statusCode, headers, cookies, body, isBase64Encoded }: z.infer<typeof LambdaAnswer>,
) {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'application/json');
  response.writeHead(statusCode).end(isBase64Encoded ? Buffer.from(body, 'base64') : body);
}

function refuse(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ message }));
}
