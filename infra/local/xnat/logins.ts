import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { refusal } from './refusal.ts';
import type { XnatUser } from './xnatOptions.ts';

/** XNAT's aliasTokenTimeout. */
const ALIAS_MS = 2 * 24 * 3600 * 1000;
const SESSION_IDLE_MS = 15 * 60 * 1000;
const SESSIONS_PER_USER = 1000;

export interface Session {
  id: string;
  user: XnatUser;
  csrf: string;
  seen: number;
}

interface AliasToken {
  alias: string;
  secret: string;
  login: string;
  expires: number;
}

interface LoginOptions {
  users: XnatUser[];
  now: () => number;
  sessionIdleMs?: number | undefined;
  sessionsPerUser?: number | undefined;
}

/** Users, their sessions (idle expiry, cap per user) and alias tokens. Kept in memory: a restart signs everyone out. */
export function openLogins({ users, now, sessionIdleMs, sessionsPerUser }: LoginOptions) {
  const idleMs = sessionIdleMs ?? SESSION_IDLE_MS;
  const sessions = new Map<string, Session>();
  const tokens = new Map<string, AliasToken>();

  const sweep = () => {
    for (const [id, { seen }] of sessions) if (now() - seen > idleMs) sessions.delete(id);
  };
  const tokenOf = (alias: string, secret: string) => {
    const token = tokens.get(alias);
    return token !== undefined && isEqual(token.secret, secret) && token.expires > now() ? token : undefined;
  };

  return {
    /** The user of a login or of an alias token; `provider/login` is taken too. */
    authenticate(login: string, password: string): XnatUser | undefined {
      const name = tokenOf(login, password)?.login ?? login.slice(login.lastIndexOf('/') + 1);
      const user = users.find((candidate) => candidate.login === name);
      if (user === undefined) return undefined;
      return tokens.has(login) || isEqual(user.password, password) ? user : undefined;
    },
    /** @throws refusal 401 at the cap, in the words of a wrong password, as XNAT does */
    begin(user: XnatUser): Session {
      sweep();
      const open = [...sessions.values()].filter((session) => session.user.login === user.login).length;
      if (open >= (sessionsPerUser ?? SESSIONS_PER_USER)) {
        throw refusal(401, 'Your login attempt failed: bad credentials or too many sessions');
      }
      const session = { id: randomBytes(16).toString('hex').toUpperCase(), user, csrf: randomUUID(), seen: now() };
      sessions.set(session.id, session);
      return session;
    },
    /** The living session of an id; finding it is a sign of life. */
    touch(id: string): Session | undefined {
      sweep();
      const session = sessions.get(id);
      if (session !== undefined) session.seen = now();
      return session;
    },
    end: (id: string) => sessions.delete(id),
    issueToken(user: XnatUser): AliasToken {
      const token = {
        alias: randomUUID(),
        secret: randomBytes(32).toString('hex'),
        login: user.login,
        expires: now() + ALIAS_MS,
      };
      tokens.set(token.alias, token);
      return token;
    },
    listTokens: (user: XnatUser) => [...tokens.values()].filter(({ login }) => login === user.login),
    validateToken: (alias: string, secret: string) => tokenOf(alias, secret)?.login,
    invalidateToken: (alias: string) => tokens.delete(alias),
    findToken: (alias: string) => tokens.get(alias),
  };
}
export type Logins = ReturnType<typeof openLogins>;

const isEqual = (left: string, right: string) => {
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(left), digest(right));
};
