import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Bytes } from '../../core/submission/ports.ts';
import type { XnatAddress } from './xnatAddress.ts';

/** Sockets one client may keep: steps ask one thing after another. */
const SOCKETS = 4;
/** The listing of a scan of 400,000 files is 120 MB. */
const CONTENT_BYTES = 256 * 1024 * 1024;

export interface HttpRequest {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** From the site's root on, percent-encoded. */
  path: string;
  query?: Record<string, string> | undefined;
  headers: Record<string, string>;
  /** Sent as it comes, chunked, no faster than the other side takes it. */
  body?: Bytes | undefined;
  signal: AbortSignal;
}

/** One answer; its body is read once, or dropped. */
export interface HttpAnswer {
  status: number;
  /** Lower case, with its parameters; empty where there is none. */
  contentType: string;
  /** Set-Cookie lines. */
  cookies: string[];
  /** What Retry-After says in seconds; its form as a date is not read. */
  retryAfterSeconds: number | undefined;
  bytes: Bytes;
  /** All of it, for small answers. */
  content(): Promise<Buffer>;
  drop(): void;
}

/**
 * HTTP to one address and no other. No redirect is followed, no proxy of the environment is used, TLS certificates are
 * always verified (a private CA comes by NODE_EXTRA_CA_CERTS).
 */
export function xnatConnection({ origin, basePath, lookup }: XnatAddress) {
  const isSecure = origin.startsWith('https:');
  const options = { keepAlive: true, maxSockets: SOCKETS };
  const kept = isSecure ? new HttpsAgent(options) : new HttpAgent(options);

  const begin = ({ method, path, query, headers, body, signal }: HttpRequest): ClientRequest => {
    const url = new URL(`${origin}${basePath}${path}`);
    if (url.origin !== origin || url.pathname !== `${basePath}${path}` || !/^\/(data|xapi)\//.test(path)) {
      throw new DomainError('XnatRefused', 'Cannot ask XNAT: the path leaves its interface, wanted one below /data');
    }
    url.search = query === undefined ? '' : new URLSearchParams(query).toString();
    const length: Record<string, string> = body === undefined && method !== 'GET' ? { 'Content-Length': '0' } : {};
    // what can be sent once only goes by a fresh socket: a kept one may have been closed by the other side meanwhile
    const agent = body === undefined ? kept : false;
    const send = isSecure ? httpsRequest : httpRequest;
    return send(url, { method, headers: { ...headers, ...length }, agent, lookup, signal });
  };

  const exchange = (sent: HttpRequest) =>
    new Promise<HttpAnswer>((resolve, reject) => {
      const request = begin(sent);
      request.once('response', (message) => resolve(answerOf(message, request)));
      // once the answer has come, what becomes of the rest of the body no longer matters
      request.on('error', (error) => reject(Object.assign(error, { wasReused: request.reusedSocket })));
      if (sent.body === undefined) request.end();
      else pipeline(sent.body, request).catch(reject);
    });

  return {
    /** A question on a kept socket that the other side has closed meanwhile is asked once more. */
    async send(sent: HttpRequest): Promise<HttpAnswer> {
      try {
        return await exchange(sent);
      } catch (error) {
        if (sent.method !== 'GET' || !wasClosed(error)) throw error;
        return exchange(sent);
      }
    },
    /** Closes the sockets; the next question opens one anew. */
    close: () => kept.destroy(),
  };
}

const wasClosed = (error: unknown) =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'ECONNRESET' &&
  'wasReused' in error &&
  error.wasReused === true;

function answerOf(message: IncomingMessage, request: ClientRequest): HttpAnswer {
  const drop = () => {
    // an answer that came early leaves a body nobody wants: sending it to the end would take as long as storing it
    if (request.writableFinished) message.resume();
    else request.destroy();
  };
  const bytes: Bytes = message;
  return {
    status: message.statusCode ?? 502,
    contentType: (message.headers['content-type'] ?? '').toLowerCase(),
    cookies: message.headers['set-cookie'] ?? [],
    retryAfterSeconds: /^[0-9]+$/.test(message.headers['retry-after'] ?? '')
      ? Number(message.headers['retry-after'])
      : undefined,
    bytes,
    async content() {
      const chunks: Uint8Array[] = [];
      let sizeBytes = 0;
      for await (const chunk of bytes) {
        sizeBytes += chunk.byteLength;
        if (sizeBytes > CONTENT_BYTES) throw new Error(`The answer is longer than ${CONTENT_BYTES} bytes`);
        chunks.push(chunk);
      }
      drop();
      return Buffer.concat(chunks);
    },
    drop,
  };
}
