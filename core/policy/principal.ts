import * as z from 'zod';
import { DomainError } from '../submission/codes/DomainError.ts';
import type { Submission } from '../submission/contracts/Submission.ts';
import { SiteId } from '../submission/contracts/Submission.ts';
import { accessTable, type Role } from './accessTable.ts';

/** Who calls: one site, its roles there, and the token's opaque subject. */
export interface Principal {
  site: string;
  subject: string;
  roles: readonly Role[];
}

const roles = ['uploader', 'operator', 'auditor'] as const satisfies readonly Role[];
const groupList = z
  .union([z.array(z.string()), z.string().transform((text) => text.replace(/^\[|\]$/g, '').split(/[\s,]+/))])
  .default([]);

/** Claims of an access token, of Cognito or of another OIDC issuer; API Gateway hands lists over as `[a b]`. */
const Claims = z.object({
  sub: z.string().min(1).max(128),
  client_id: z.string().optional(),
  token_use: z.string().optional(),
  'cognito:groups': groupList,
  scope: z.string().default(''),
});

const scopePrefix = 'airlock/';

/**
 * The principal of a verified token. A person's rights are the groups that an administrator gave. A scope grants
 * something to a machine alone (client credentials: the subject is the client), because a person's client may ask for
 * any scope it likes.
 * @throws DomainError Unauthenticated for claims of another kind of token, Forbidden without exactly one site
 */
export function principalOf(claims: unknown): Principal {
  const parsed = Claims.safeParse(claims);
  if (!parsed.success) throw new DomainError('Unauthenticated', 'Cannot admit the caller: the token has no subject');
  const { sub, client_id, token_use, scope, 'cognito:groups': groups } = parsed.data;
  // An ID token proves who someone is to the client; it is no key to an API (OpenID Connect Core §2)
  if (token_use === 'id') throw new DomainError('Unauthenticated', 'Cannot admit the caller: this is no access token');
  const grants = sub === client_id ? grantsOfScope(scope) : groups;
  const sites = [...new Set(grants.filter((grant) => grant.startsWith('site-')).map((grant) => grant.slice(5)))];
  const [site] = sites;
  if (sites.length !== 1 || !SiteId.safeParse(site).success || site === undefined) {
    throw new DomainError('Forbidden', 'Cannot admit the caller: the token must name exactly one site');
  }
  return { site, subject: sub, roles: roles.filter((role) => grants.includes(role)) };
}

const grantsOfScope = (scope: string) =>
  scope
    .split(' ')
    .filter((each) => each.startsWith(scopePrefix))
    .map((each) => each.slice(scopePrefix.length));

/** @throws DomainError Forbidden when no role of the caller opens the route */
export function requireAccess(principal: Principal, route: keyof typeof accessTable): void {
  const admitted: readonly Role[] = accessTable[route];
  if (principal.roles.some((role) => admitted.includes(role))) return;
  throw new DomainError('Forbidden', `Cannot call ${route}: it needs the role ${admitted.join(' or ')}`);
}

/**
 * The submission, when it is the caller's own: that of another site does not exist for it.
 * @throws DomainError SubmissionNotFound
 */
export function requireOwn(principal: Principal, submission: Submission | undefined): Submission {
  if (submission?.site === principal.site) return submission;
  throw new DomainError('SubmissionNotFound', 'Cannot find the submission: the site has none with this id');
}
