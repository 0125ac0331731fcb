import { type Answer, json, type Route, text } from '../call.ts';
import { eventTracking } from './archiveRoutes.ts';

const VERSION = '1.9.3';

const buildInfo: Route = () =>
  json({ version: VERSION, buildNumber: 'stand-in', application: 'XNAT stand-in of XNAT Airlock', isDirty: 'false' });

/** Paths under /xapi; what is not here answers 404. */
export function findXapiRoute(pathname: string): Route | undefined {
  const routes: Record<string, Route> = {
    '/xapi/siteConfig/buildInfo': buildInfo,
    '/xapi/users/username': ({ user }): Answer => text(user.login),
    '/xapi/plugins': () => json({}),
  };
  const key = /^\/xapi\/event_tracking\/([^/]+)$/.exec(pathname)?.[1];
  if (key !== undefined)
    return (call, site) => eventTracking({ ...call, address: { ...call.address, segments: [key] } }, site);
  return Object.hasOwn(routes, pathname) ? routes[pathname] : undefined;
}

export const siteRoutes = {
  version: { GET: () => text(VERSION) },
  auth: { GET: ({ user }) => text(`User '${user.login}' is logged in`) },
} satisfies Record<string, Record<string, Route>>;
