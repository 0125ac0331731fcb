import type { Address } from './address.ts';
import type { Call, Route, Site } from './call.ts';
import { refusal } from './refusal.ts';
import { mayRead } from './rights.ts';
import { archiveRoutes } from './routes/archiveRoutes.ts';
import { fileRoutes } from './routes/fileRoutes.ts';
import { importRoutes } from './routes/importRoutes.ts';
import { itemRoutes } from './routes/itemRoutes.ts';
import { prearchiveRoutes } from './routes/prearchiveRoutes.ts';
import { projectRoutes } from './routes/projectRoutes.ts';
import { refreshRoutes } from './routes/refreshRoutes.ts';
import { resourceRoutes } from './routes/resourceRoutes.ts';
import { searchRoutes } from './routes/searchRoutes.ts';
import { sessionRoutes } from './routes/sessionRoutes.ts';
import { siteRoutes } from './routes/siteRoutes.ts';
import { tokenRoutes } from './routes/tokenRoutes.ts';
import type { XnatUser } from './xnatOptions.ts';

type Methods = Partial<Record<string, Route>>;

/** All routes under /data by what they address: items by their kind, the rest by path. HEAD is GET without a body. */
export function openRoutes(users: XnatUser[]): (method: string, address: Address) => Route {
  const byKind: Record<string, Methods> = { ...itemRoutes, ...resourceRoutes, ...fileRoutes };
  const ofProject: Record<string, Methods> = projectRoutes(users);
  const byPath: Record<string, Methods> = {
    ...sessionRoutes,
    ...siteRoutes,
    ...tokenRoutes,
    ...refreshRoutes,
    ...importRoutes,
    ...prearchiveRoutes,
    ...archiveRoutes,
    ...searchRoutes(users),
  };
  const methodsOf = ({ kind, project, segments, rest }: Address): Methods | undefined => {
    if (kind !== 'other') return byKind[kind];
    if (project !== undefined && segments.length - rest.length === 2) return ofProject[rest[0] ?? ''];
    const path = segments.join('/');
    const names = Object.keys(byPath).sort((a, b) => b.length - a.length);
    return byPath[names.find((name) => path === name || path.startsWith(`${name}/`)) ?? ''];
  };
  return (method, address) => {
    const methods = methodsOf(address);
    if (methods === undefined) throw refusal(404, 'There is no such resource');
    const route = methods[method === 'HEAD' ? 'GET' : method];
    if (route === undefined) throw refusal(405, 'The method is not allowed here');
    return (call, site) => {
      requireVisible(call, site);
      return route(call, site);
    };
  };
}

/** A project that the caller may not see is not there for him, nor is a session of it by its ID. @throws refusal 404 */
function requireVisible({ address, user }: Call, { store }: Site) {
  const session =
    address.project === undefined ? store.findItemById('experiment', address.experiment ?? '') : undefined;
  const project = address.project ?? session?.scope;
  if (project !== undefined && !mayRead(user, project)) throw refusal(404, 'Unable to identify project');
}
