import type { IncomingMessage } from 'node:http';
import type { Answer, Site } from './call.ts';
import type { Session } from './logins.ts';

/** What XNAT's interactiveAgentIds match: these callers get pages, all others get statuses. */
const BROWSER = /MSIE|Mozilla|AppleWebKit|Opera/;

/** The login page: the answer that clients must not take for data. */
export const loginPage: Answer = {
  status: 200,
  headers: { 'Content-Type': 'text/html;charset=UTF-8' },
  body: '<!DOCTYPE html>\n<html><head><title>XNAT</title></head><body><h1>Log in</h1></body></html>\n',
};

const challenge: Answer = {
  status: 401,
  headers: { 'Content-Type': 'text/plain;charset=UTF-8', 'WWW-Authenticate': 'Basic realm="XNAT Protected Area"' },
  body: 'The request requires user authentication',
};

type SignIn = { session: Session; isNew: boolean } | { refused: Answer };

/**
 * Cookie first, then Basic, which begins a session of its own. Without either: a challenge, or the login page for
 * browsers and for a session that expired.
 */
export function signIn(request: IncomingMessage, { logins, faults }: Site, isPage: boolean): SignIn {
  const cookie = /(?:^|;\s*)JSESSIONID=([^;\s]+)/.exec(request.headers.cookie ?? '')?.[1];
  const standing = cookie === undefined ? undefined : logins.touch(cookie);
  if (standing !== undefined && faults.take('endSessions')) {
    logins.end(standing.id);
    return { refused: challenge };
  }
  const isBrowser = BROWSER.test(request.headers['user-agent'] ?? '');
  if (standing !== undefined) {
    return isForged(request, standing, isBrowser) ? { refused: forged } : { session: standing, isNew: false };
  }
  const basic = readBasic(request.headers.authorization);
  const user = basic && logins.authenticate(basic.login, basic.password);
  if (user !== undefined) return { session: logins.begin(user), isNew: true };
  if (isPage || basic !== undefined) return { refused: challenge };
  if (isBrowser || (cookie !== undefined && faults.get().htmlOnExpiry)) return { refused: loginPage };
  return { refused: challenge };
}

const forged: Answer = {
  status: 403,
  headers: { 'Content-Type': 'text/plain;charset=UTF-8' },
  body: 'Invalid CSRF token',
};

/** XNAT checks the token of browsers alone: other clients send no cookies by accident. */
function isForged({ method, url }: IncomingMessage, { csrf }: Session, isBrowser: boolean): boolean {
  if (!isBrowser || method === 'GET' || method === 'HEAD') return false;
  return new URL(url ?? '/', 'http://localhost').searchParams.get('XNAT_CSRF') !== csrf;
}

function readBasic(header: string | undefined): { login: string; password: string } | undefined {
  const encoded = /^Basic\s+(\S+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon === -1 ? undefined : { login: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

export const sessionCookie = ({ id }: Session) => `JSESSIONID=${id}; Path=/; HttpOnly; SameSite=Lax`;
