import type { Item } from './archiveStore.ts';
import { refusal } from './refusal.ts';
import type { XnatRole, XnatUser } from './xnatOptions.ts';

/** In one project; the role that a user has everywhere, where nothing else is said. */
export const roleIn = ({ role, projects }: XnatUser, project: string | undefined): XnatRole =>
  (project === undefined ? undefined : projects?.[project]) ?? role;

export const mayRead = (user: XnatUser, project: string | undefined) => roleIn(user, project) !== 'none';

export const mayEdit = (user: XnatUser, project: string | undefined) =>
  ['admin', 'member'].includes(roleIn(user, project));

/** @throws refusal 403 */
export function requireEdit(user: XnatUser, project: string | undefined) {
  if (!mayEdit(user, project)) {
    throw refusal(403, 'Specified user account has insufficient privileges for this project');
  }
}

/** May one write files and resources of this item? Those of a project itself are its owners', as in XNAT. */
export const mayFill = (user: XnatUser, { kind }: Pick<Item, 'kind'>, project: string | undefined) =>
  kind === 'project' ? roleIn(user, project) === 'admin' : mayEdit(user, project);

/** @throws refusal 403 */
export function requireDelete(user: XnatUser, project: string | undefined) {
  if (roleIn(user, project) !== 'admin') throw refusal(403, 'User account does not have permission to delete this');
}
