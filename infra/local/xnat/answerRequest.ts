import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { parseAddress } from './address.ts';
import { browsePage } from './browsePage.ts';
import { type Answer, type Route, type Site, text } from './call.ts';
import type { openRoutes } from './findRoute.ts';
import { isRefusal, refusal } from './refusal.ts';
import { logInByForm } from './routes/sessionRoutes.ts';
import { findXapiRoute } from './routes/siteRoutes.ts';
import { loginPage, sessionCookie, signIn } from './signIn.ts';

type FindRoute = ReturnType<typeof openRoutes>;

const writes = new Set(['PUT', 'POST', 'DELETE']);

interface Server {
  site: Site;
  findRoute: FindRoute;
}

/** One request from its first byte to its last, with the faults that tests switch. */
export async function answerRequest(request: IncomingMessage, response: ServerResponse, server: Server): Promise<void> {
  const { faults } = server.site;
  const breaks = faults.breakOf();
  if (breaks === 'beforeWork') return breakOff(request);
  if (faults.isDown()) {
    return faults.get().downAnswer === 'reset' ? breakOff(request) : send(request, response, downOf(faults));
  }
  if (faults.get().slowMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.get().slowMs));
  const answer = await faultyAnswer(request, server);
  return answer === undefined || breaks === 'afterWork' ? breakOff(request) : send(request, response, answer);
}

/** Undefined where the connection breaks instead. */
async function faultyAnswer(request: IncomingMessage, { site, findRoute }: Server): Promise<Answer | undefined> {
  const { faults } = site;
  const url = new URL(request.url ?? '/', 'http://localhost');
  const incoming = { method: request.method ?? 'GET', url, request };
  const isConcerned =
    writes.has(incoming.method) && faults.concerns(url.pathname) && !url.pathname.endsWith('/JSESSION');
  if (!isConcerned) return answerOf(incoming, site, findRoute);
  if (faults.failsNow('beforeWrite', url.pathname)) return simulated;
  const working = answerOf(incoming, site, findRoute);
  if (faults.take('gatewayTimeouts')) {
    // the body has come through the proxy before it gives up; what is made of it goes on
    await Promise.race([working, new Promise((resolve) => request.once('close', resolve))]);
    return text('Gateway Time-out', 504);
  }
  const answer = await working;
  if (faults.failsNow('afterWrite', url.pathname)) return simulated;
  return faults.take('dropReplies') ? undefined : answer;
}

const breakOff = (request: IncomingMessage) => void request.socket.destroy();

function downOf(faults: Site['faults']): Answer {
  const { retryAfterSeconds } = faults.get();
  const headers: Record<string, string> = retryAfterSeconds > 0 ? { 'Retry-After': String(retryAfterSeconds) } : {};
  return { ...text('Service unavailable', 503), headers };
}

const simulated = text('Internal server error: simulated fault', 500);

interface Incoming {
  method: string;
  url: URL;
  request: IncomingMessage;
}

async function answerOf(incoming: Incoming, site: Site, findRoute: FindRoute): Promise<Answer> {
  try {
    return await routeAnswer(incoming, site, findRoute);
  } catch (error) {
    if (isRefusal(error)) return text(error.message, error.status);
    return text(`Internal server error: ${error instanceof Error ? error.name : 'unknown'}`, 500);
  }
}

async function routeAnswer({ method, url, request }: Incoming, site: Site, findRoute: FindRoute): Promise<Answer> {
  const address = parseAddress(url.pathname);
  const isForm = address?.segments.join('/') === 'services/auth' && (method === 'PUT' || method === 'POST');
  if (isForm) return logInByForm(request, site);
  const isPage = url.pathname === '/' || url.pathname.startsWith('/browse/');
  const signedIn = signIn(request, site, isPage);
  if ('refused' in signedIn) return signedIn.refused;
  const { session, isNew } = signedIn;
  const other = otherAnswer(site);
  if (other !== undefined) return other;
  const call = { method, query: url.searchParams, request, user: session.user, session };
  let answer: Answer;
  if (isPage && method === 'GET') answer = browsePage(url.pathname, site);
  else {
    const route: Route | undefined = address === undefined ? findXapiRoute(url.pathname) : findRoute(method, address);
    if (route === undefined) throw refusal(404, 'There is no such resource');
    answer = await route({ ...call, address: address ?? { kind: 'other', segments: [], rest: [] } }, site);
  }
  return isNew ? { ...answer, headers: { ...answer.headers, 'Set-Cookie': sessionCookie(session) } } : answer;
}

/** What comes instead of an answer while a test wants it. */
function otherAnswer({ faults }: Site): Answer | undefined {
  if (faults.take('htmlAnswers')) return loginPage;
  if (faults.take('redirects')) return { status: 302, headers: { Location: faults.get().redirectTo } };
  return undefined;
}

async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  // the rest of a body nobody wanted is read away, so that its sender gets to see the answer
  if (!request.readableEnded) request.resume();
  response.writeHead(answer.status, {
    'X-Content-Type-Options': 'nosniff',
    ...(typeof answer.body === 'object' ? {} : { 'Content-Length': String(Buffer.byteLength(answer.body ?? '')) }),
    ...answer.headers,
  });
  if (request.method === 'HEAD' || answer.body === undefined || typeof answer.body === 'string') {
    if (typeof answer.body === 'object') answer.body.destroy();
    response.end(request.method === 'HEAD' ? undefined : answer.body);
    return;
  }
  // a reader that leaves, or a file that breaks off, ends the connection: the missing length tells the client
  await pipeline(answer.body, response).catch(() => response.destroy());
}
