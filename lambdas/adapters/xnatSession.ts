import { DomainError } from '../../core/submission/DomainError.ts';
import type { Bytes } from '../../core/submission/ports.ts';

/** XNAT's official proxy gives up after 100 s, so a longer wait for a small answer is for nothing. */
const ANSWER_MS = 100_000;
/** A Lambda lives 15 minutes; a transfer ends before it. */
const TRANSFER_MS = 14 * 60 * 1000;

export interface XnatAccess {
  /** Root of the site, with its context path, without /data. */
  url: string;
  username: string;
  password: string;
  /** Must not look like a browser's: XNAT answers browsers with pages and asks them for CSRF tokens. */
  userAgent: string;
  fetch?: typeof globalThis.fetch;
  /** For small answers, in milliseconds. */
  timeoutMs?: number;
}

export interface XnatRequest {
  /** Completes "Cannot …" in the message of a refusal. */
  action: string;
  method: 'GET' | 'PUT' | 'POST';
  /** From the site's root on, percent-encoded. */
  path: string;
  query?: Record<string, string>;
  /** Sent as application/zip, chunked; can be sent once only. */
  zip?: Bytes;
  /** The answer is a file. */
  isTransfer?: boolean;
}

/**
 * One XNAT session (JSESSION) for many requests: Basic on every request would open a session each, up to XNAT's cap.
 * A lost session is renewed once, whether XNAT says so by 401, by a redirect or by its login page with status 200.
 * @throws DomainError XnatUnavailable (5xx, 408, 423, 429, network, timeout, unreadable answer), XnatConflict (409),
 *   XnatRefused (any other status that is not 2xx)
 */
export function xnatSession(access: XnatAccess) {
  const root = access.url.replace(/\/+$/, '');
  const call = access.fetch ?? globalThis.fetch;
  const userAgent = { 'User-Agent': access.userAgent };
  let signedIn: Promise<string> | undefined;

  const signIn = async (): Promise<string> => {
    const basic = Buffer.from(`${access.username}:${access.password}`).toString('base64');
    const response = await call(`${root}/data/JSESSION`, {
      method: 'POST',
      headers: { ...userAgent, Authorization: `Basic ${basic}` },
      redirect: 'manual',
      signal: AbortSignal.timeout(access.timeoutMs ?? ANSWER_MS),
    });
    const id = (await response.text()).trim();
    if (!response.ok) throw refusalOf('sign in to XNAT', response.status);
    if (!/^[\w.-]+$/.test(id)) throw refused('sign in to XNAT', 'it sent no session id');
    // a load balancer in front may tie its own cookie to the same server
    const others = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
    return [`JSESSIONID=${id}`, ...others.filter((cookie) => !cookie.startsWith('JSESSIONID='))].join('; ');
  };

  const dispatch = async ({ method, path, query, zip, isTransfer }: XnatRequest): Promise<Response> => {
    signedIn ??= signIn();
    const cookie = await signedIn.catch((error) => {
      signedIn = undefined;
      throw error;
    });
    const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
    const limit = zip !== undefined || isTransfer ? TRANSFER_MS : (access.timeoutMs ?? ANSWER_MS);
    const upload = zip && { body: streamOf(zip), duplex: 'half' as const };
    const type = zip && { 'Content-Type': 'application/zip' };
    return call(`${root}${path}${search}`, {
      method,
      headers: { ...userAgent, ...type, Cookie: cookie },
      redirect: 'manual',
      signal: AbortSignal.timeout(limit),
      ...upload,
    });
  };

  const exchange = async (request: XnatRequest): Promise<Response> => {
    const response = await withoutLoginPage(await dispatch(request));
    if (response !== undefined) return response;
    signedIn = undefined;
    if (request.zip !== undefined) throw unavailable(request.action, 'its session ended');
    const again = await withoutLoginPage(await dispatch(request));
    if (again === undefined) throw refused(request.action, 'it does not accept the session');
    return again;
  };

  return {
    /** What `read` makes of a 2xx answer; undefined for 404 where `absence` allows it. */
    async ask<T>(request: XnatRequest, read: (response: Response) => Promise<T>): Promise<T | undefined> {
      const source = watch(request.zip);
      try {
        const response = await exchange({ ...request, ...source.zip });
        if (response.ok) return await read(response);
        await response.body?.cancel();
        if (response.status === 404 && request.method === 'GET') return undefined;
        throw refusalOf(request.action, response.status);
      } catch (error) {
        // a fault of what was being sent is not XNAT's
        if (source.fault !== undefined) throw source.fault.error;
        if (DomainError.is(error)) throw error;
        throw unavailable(request.action, 'no readable answer came', error);
      }
    },
  };
}

/** Undefined for the answers that mean "sign in": 401, redirects, and the login page where data was asked for. */
async function withoutLoginPage(response: Response): Promise<Response | undefined> {
  if (response.status === 401 || (response.status >= 300 && response.status < 400)) {
    await response.body?.cancel();
    return undefined;
  }
  if (!response.headers.get('content-type')?.startsWith('text/html')) return response;
  // XNAT names duplicates in JSON under the same content type
  const text = await response.text();
  if (/^\s*<(!doctype|html)/i.test(text) && response.ok) return undefined;
  return new Response(text, response);
}

function streamOf(body: Bytes): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}

/** Keeps apart a fault of the source from one of the transfer: fetch reports both alike. */
function watch(zip: Bytes | undefined): { zip?: { zip: Bytes }; fault?: { error: unknown } } {
  if (zip === undefined) return {};
  const source: ReturnType<typeof watch> = {};
  const watched = async function* () {
    try {
      yield* zip;
    } catch (error) {
      source.fault = { error };
      throw error;
    }
  };
  source.zip = { zip: watched() };
  return source;
}

const unavailable = (action: string, state: string, cause?: unknown) =>
  new DomainError('XnatUnavailable', `Cannot ${action}: ${state}, wanted an answer of XNAT`, { cause });

const refused = (action: string, state: string) =>
  new DomainError('XnatRefused', `Cannot ${action}: ${state}, wanted an open session of XNAT`);

/** Statuses that a wait may cure; 423 is a session that another process has locked. */
const passing = new Set([408, 423, 429]);

function refusalOf(action: string, status: number): DomainError {
  const message = `Cannot ${action}: XNAT answered ${status}, wanted 200`;
  if (status >= 500 || passing.has(status)) return new DomainError('XnatUnavailable', message);
  return new DomainError(status === 409 ? 'XnatConflict' : 'XnatRefused', message);
}
