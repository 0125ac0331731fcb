import { Readable } from 'node:stream';
import type * as z from 'zod';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Bytes } from '../../core/submission/ports.ts';
import { type ResolveHost, xnatAddress } from './xnatAddress.ts';
import { type HttpAnswer, type HttpRequest, xnatConnection } from './xnatConnection.ts';

/** XNAT's official proxy gives up after 100 s, so a longer wait for a small answer is for nothing. */
const ANSWER_MS = 100_000;
/** A Lambda lives 15 minutes; a transfer ends before it. */
const TRANSFER_MS = 14 * 60 * 1000;
/** Signing out is a courtesy that must not hold a step up. */
const END_MS = 5_000;

export interface XnatAccess {
  /** Root of the site, with its context path, without /data. */
  url: string;
  /** Of a service account; or the alias of an alias token, with its secret as the password. */
  username: string;
  password: string;
  /** Must not look like a browser's: XNAT answers browsers with pages and asks them for CSRF tokens. */
  userAgent: string;
  /** How hosts are resolved, where not by the system. */
  resolve?: ResolveHost;
  /** For small answers, in milliseconds. */
  timeoutMs?: number;
}

interface XnatRequest {
  /** Completes "Cannot …" in the message of a refusal. */
  action: string;
  method: HttpRequest['method'];
  /** From the site's root on, percent-encoded. */
  path: string;
  query?: Record<string, string>;
  /** Sent as application/zip, chunked; can be sent once only. */
  zip?: Bytes;
  /** The answer is a file. */
  isTransfer?: boolean;
  /** A 409 with such a text says that XNAT works there, and has not refused for good. */
  busyText?: RegExp;
  /** 301 is the answer to a commit that archived, and leads nowhere. */
  isCommit?: boolean;
}

/**
 * One XNAT session (JSESSION) for many requests: Basic on every request would open a session each, up to XNAT's cap.
 * A lost session is renewed once, whether XNAT says so by 401, by a redirect or by its login page with status 200.
 * @throws DomainError XnatUnavailable (5xx, 408, 423, 429, network, timeout, unreadable answer), XnatConflict (409),
 *   XnatRefused (any other status that is not 2xx)
 */
export function xnatSession(access: XnatAccess) {
  if (/MSIE|Mozilla|AppleWebKit|Opera/.test(access.userAgent)) {
    throw refused('speak to XNAT', 'the User-Agent looks like a browser');
  }
  const connection = xnatConnection(xnatAddress(access.url, access.resolve));
  const userAgent = { 'User-Agent': access.userAgent };
  let signedIn: Promise<string> | undefined;

  const signIn = async (): Promise<string> => {
    const basic = Buffer.from(`${access.username}:${access.password}`).toString('base64');
    const answer = await connection.send({
      method: 'POST',
      path: '/data/JSESSION',
      headers: { ...userAgent, Authorization: `Basic ${basic}` },
      signal: AbortSignal.timeout(access.timeoutMs ?? ANSWER_MS),
    });
    const id = String(await answer.content()).trim();
    if (!isOk(answer)) throw refusalOf('sign in to XNAT', answer);
    // a page instead: XNAT is starting, or a proxy speaks for it
    if (!/^[\w.-]+$/.test(id)) throw unavailable('sign in to XNAT', 'it sent no session id');
    // a load balancer in front may tie its own cookie to the same server
    const others = answer.cookies.map((cookie) => cookie.split(';')[0] ?? '');
    return [`JSESSIONID=${id}`, ...others.filter((cookie) => !cookie.startsWith('JSESSIONID='))].join('; ');
  };

  const dispatch = async ({ method, path, query, zip, isTransfer }: XnatRequest): Promise<HttpAnswer> => {
    signedIn ??= signIn();
    const cookie = await signedIn.catch((error) => {
      signedIn = undefined;
      throw error;
    });
    const limit = zip !== undefined || isTransfer ? TRANSFER_MS : (access.timeoutMs ?? ANSWER_MS);
    const type: Record<string, string> = zip === undefined ? {} : { 'Content-Type': 'application/zip' };
    return connection.send({
      method,
      path,
      query,
      headers: { ...userAgent, ...type, Cookie: cookie },
      body: zip,
      signal: AbortSignal.timeout(limit),
    });
  };

  const exchange = async (request: XnatRequest): Promise<HttpAnswer> => {
    const answer = await withoutLoginPage(await dispatch(request), request);
    if (answer !== undefined) return answer;
    signedIn = undefined;
    if (request.zip !== undefined) throw unavailable(request.action, 'its session ended');
    // a stored page looks like the login page; when it comes again to a fresh session, it is what was asked for
    const again = await withoutLoginPage(await dispatch(request), { ...request, mayBePage: request.isTransfer });
    if (again === undefined) throw refused(request.action, 'it does not accept the session');
    return again;
  };

  const ask = async <T>(request: XnatRequest, read: (answer: HttpAnswer) => Promise<T>): Promise<T | undefined> => {
    const source = watch(request.zip);
    try {
      const answer = await exchange({ ...request, ...source.zip });
      if (isOk(answer)) return await read(answer);
      const isBusy = request.busyText !== undefined && (await says(answer, request.busyText));
      answer.drop();
      if (isAbsence(answer, request)) return undefined;
      throw isBusy ? busy(request.action) : refusalOf(request.action, answer);
    } catch (error) {
      // a fault of what was being sent is not XNAT's
      if (source.fault !== undefined) throw source.fault.error;
      if (DomainError.is(error)) throw error;
      throw unavailable(request.action, 'no readable answer came', error);
    }
  };

  return {
    /** What `read` makes of a 2xx answer; undefined for the 404 of a question or a removal. */
    ask,
    askText: (request: XnatRequest) => ask(request, async (answer) => String(await answer.content())),
    /** A JSON answer by its schema. */
    readJson: <Schema extends z.ZodType>(request: Omit<XnatRequest, 'method'>, schema: Schema) =>
      ask({ ...request, method: 'GET', query: { format: 'json', ...request.query } }, async (answer) =>
        schema.parse(JSON.parse(String(await answer.content()))),
      ),
    /**
     * Gives the session back to XNAT and closes the sockets; the next question opens both anew. Never fails: a session
     * that cannot be ended ends by itself when it was idle long enough.
     */
    async end(): Promise<void> {
      const cookie = await signedIn?.catch(() => undefined);
      signedIn = undefined;
      if (cookie !== undefined) {
        const headers = { ...userAgent, Cookie: cookie };
        const signal = AbortSignal.timeout(END_MS);
        const ended = connection.send({ method: 'DELETE', path: '/data/JSESSION', headers, signal });
        await ended.then((answer) => answer.content()).catch(() => undefined);
      }
      connection.close();
    },
  };
}

const says = async (answer: HttpAnswer, text: RegExp) =>
  answer.status === 409 && text.test(String(await answer.content()));

/** The 404 of a question or a removal is an answer. */
const isAbsence = ({ status }: HttpAnswer, { method }: XnatRequest) =>
  status === 404 && (method === 'GET' || method === 'DELETE');

const isOk = ({ status }: HttpAnswer) => status >= 200 && status < 300;

/** Undefined for the answers that mean "sign in": 401, redirects, and the login page where data was asked for. */
async function withoutLoginPage(
  answer: HttpAnswer,
  { isCommit, mayBePage }: { isCommit?: boolean; mayBePage?: boolean | undefined },
): Promise<HttpAnswer | undefined> {
  if (isCommit && answer.status === 301) return { ...answer, status: 200 };
  if (answer.status === 401 || (answer.status >= 300 && answer.status < 400)) {
    answer.drop();
    return undefined;
  }
  if (mayBePage || !isOk(answer) || !answer.contentType.startsWith('text/html')) return answer;
  // XNAT names duplicates in JSON under the same content type
  const content = await answer.content();
  if (/^\s*<(!doctype|html)/i.test(content.toString('latin1', 0, 200))) return undefined;
  return { ...answer, bytes: Readable.from([content]), content: async () => content };
}

/** Keeps apart a fault of the source from one of the transfer: both break the request off alike. */
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

const busy = (action: string) =>
  new DomainError('XnatBusy', `Cannot ${action}: XNAT is working on it, wanted it at rest`);

const refused = (action: string, state: string) =>
  new DomainError('XnatRefused', `Cannot ${action}: ${state}, wanted an open session of XNAT`);

/** Statuses that a wait may cure; 423 is a session that another process has locked. */
const passing = new Set([408, 423, 429]);

function refusalOf(action: string, { status, retryAfterSeconds }: HttpAnswer): DomainError {
  const message = `Cannot ${action}: XNAT answered ${status}, wanted 200`;
  if (status >= 500 || passing.has(status)) {
    return new DomainError('XnatUnavailable', message, {
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  }
  return new DomainError(status === 409 ? 'XnatConflict' : 'XnatRefused', message);
}
