import type { Item } from '../archiveStore.ts';
import { type Call, type Route, type Site, text } from '../call.ts';
import { findPlace, requireItem } from '../place.ts';
import { refusal } from '../refusal.ts';
import { requireDelete, roleIn } from '../rights.ts';
import { table } from '../tables.ts';
import type { XnatUser } from '../xnatOptions.ts';

const groups = {
  admin: { id: 'owner', name: 'Owners' },
  member: { id: 'member', name: 'Members' },
  collaborator: { id: 'collaborator', name: 'Collaborators' },
  none: undefined,
} as const;

const userColumns = ['GROUP_ID', 'displayname', 'login', 'firstname', 'lastname', 'email'];

const users =
  (everyone: XnatUser[]): Route =>
  ({ address, query }, { store }) => {
    const project = requireItem(address, findPlace(address, store));
    const rows = everyone.flatMap((user) => {
      const group = groups[roleIn(user, project.id)];
      if (group === undefined) return [];
      const { login } = user;
      const person = { login, firstname: '', lastname: '', email: '' };
      return [{ GROUP_ID: `${project.id}_${group.id}`, displayname: group.name, ...person }];
    });
    return table(query, { title: 'Project Users', columns: userColumns, rows });
  };

/** A project setting that is read as plain text and written as the last segment of the path. */
function setting(name: string, standard: string, allowed: RegExp): Record<'GET' | 'PUT', Route> {
  const field = `setting/${name}`;
  const project = ({ address }: Call, { store }: Site): Item => requireItem(address, findPlace(address, store));
  return {
    GET: (call, site) => text(project(call, site).fields[field] ?? standard),
    PUT: (call, site) => {
      requireDelete(call.user, call.address.project);
      const value = call.address.rest[1] ?? '';
      if (!allowed.test(value)) throw refusal(400, 'The value is not allowed');
      const item = project(call, site);
      site.store.updateItem({ ...item, fields: { ...item.fields, [field]: value } });
      return text('');
    },
  };
}

/** What lies under projects/P beside its items. */
export const projectRoutes = (everyone: XnatUser[]): Record<string, Record<string, Route>> => ({
  users: { GET: users(everyone) },
  accessibility: setting('accessibility', 'private', /^(private|protected|public)$/),
  prearchive_code: setting('prearchive_code', '4', /^\d{1,2}$/),
  quarantine_code: setting('quarantine_code', '0', /^\d$/),
  current_arc: setting('current_arc', 'arc001', /^[A-Za-z0-9_-]+$/),
});
