import { type Call, json, type Route, type Site } from '../call.ts';
import { refusal } from '../refusal.ts';

type IssuedToken = ReturnType<Site['logins']['issueToken']>;

const view = ({ alias, secret, login, expires }: IssuedToken) => ({
  alias,
  secret,
  xdatUserId: login,
  singleUse: false,
  estimatedExpirationTime: expires,
  validIPAddresses: [],
  enabled: true,
  disabled: 0,
});

/** @throws refusal 404 for an unknown alias, 403 for another user's */
function requireOwn(alias: string, { user }: Call, { logins }: Site) {
  const token = logins.findToken(alias);
  if (token === undefined) throw refusal(404, 'There is no such token');
  if (token.login !== user.login && user.role !== 'admin') throw refusal(403, 'The token is of another user');
}

/** Alias tokens: issue, show, validate/{alias}/{secret}, invalidate/{alias}[/{secret}]. */
const tokens: Route = (call, site) => {
  const [, , action, alias = '', secret = ''] = call.address.segments;
  const { logins } = site;
  if (action === 'issue') return json(view(logins.issueToken(call.user)));
  if (action === 'show') return json(logins.listTokens(call.user).map(view));
  if (action === 'validate') {
    const valid = logins.validateToken(alias, secret);
    return json(valid === undefined ? {} : { valid });
  }
  if (action !== 'invalidate') throw refusal(404, 'There is no such token operation');
  requireOwn(alias, call, site);
  logins.invalidateToken(alias);
  return json({ result: 'OK' });
};

export const tokenRoutes = { 'services/tokens': { GET: tokens } } satisfies Record<string, Record<string, Route>>;
