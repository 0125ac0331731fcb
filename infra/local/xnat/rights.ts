import { refusal } from './refusal.ts';
import type { XnatUser } from './xnatOptions.ts';

export const mayEdit = (user: XnatUser) => user.role !== 'collaborator';

/** @throws refusal 403 */
export function requireEdit(user: XnatUser) {
  if (!mayEdit(user)) throw refusal(403, 'Specified user account has insufficient privileges for this project');
}

/** @throws refusal 403 */
export function requireDelete(user: XnatUser) {
  if (user.role !== 'admin') throw refusal(403, 'User account does not have permission to delete this');
}
