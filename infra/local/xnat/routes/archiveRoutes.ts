import { type Call, type Route, type Site, text } from '../call.ts';
import { archiveConflicts } from '../prearchive/archiveConflicts.ts';
import { archiveSession } from '../prearchive/archiveSession.ts';
import { buildSession } from '../prearchive/buildSession.ts';
import type { PrearchiveRow } from '../prearchive/prearchiveStore.ts';
import { uriList } from '../prearchive/uriList.ts';
import { isRefusal, refusal } from '../refusal.ts';
import { requireEdit } from '../rights.ts';
import { table } from '../tables.ts';

/** Rows of all `src` parameters. @throws refusal 404, 403 */
function requireRows({ query, user }: Call, { prearchive }: Site): PrearchiveRow[] {
  return query.getAll('src').map((src) => {
    const [, project = '', timestamp = '', folder = ''] =
      /^(?:\/data)?\/prearchive\/projects\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(src) ?? [];
    const row = prearchive.findRow(project, timestamp, folder);
    if (row === undefined) throw refusal(404, 'Unable to find the specified session');
    requireEdit(user, project);
    return row;
  });
}

/** A merge is always allowed here, and `overwrite=append` overrides conflicts too, unlike on import. */
const rulesOf = (query: URLSearchParams) => ({
  merges: true,
  overrides: query.has('overwrite'),
  overwritesFiles: query.get('overwrite_files') === 'true',
});

const archive: Route = async (call, site) => {
  const rows = requireRows(call, site);
  if (rows.length === 0) throw refusal(400, 'The parameter src is absent');
  const uris: string[] = [];
  for (const row of rows) {
    if (!site.prearchive.isResting(row) && row.status !== 'RECEIVING') {
      throw refusal(403, 'Operation already in progress on this prearchive entry.');
    }
    try {
      const built = await buildSession(row, site);
      uris.push(await archiveSession(built, { rules: rulesOf(call.query), login: call.user.login, site }));
    } catch (error) {
      if (!isRefusal(error) || error.status !== 409 || !site.faults.get().mapsConflicts) throw error;
      throw refusal(500, `FAILED: ${error.message}`);
    }
  }
  return uriList(uris, site);
};

const validate: Route = (call, site) => {
  const rules = { merges: false, overrides: false, overwritesFiles: false };
  const rows = requireRows(call, site).flatMap((row) =>
    archiveConflicts({ row, files: site.prearchive.listFiles(row.key), rules }, site),
  );
  const messages = rows.map((message) => ({ code: '1', type: 'CONFLICT', message }));
  return table(call.query, { title: 'Validation', columns: ['code', 'type', 'message'], rows: messages });
};

/** GET /xapi/event_tracking/{key}: of the same user, from any session. */
export const eventTracking: Route = ({ user, address }, { prearchive }) => {
  const event = prearchive.findEvent(user.login, decodeURIComponent(address.segments.at(-1) ?? ''));
  if (event === undefined) return text('', 404);
  const succeeded = event.succeeded === null ? null : event.succeeded === 1;
  const body = JSON.stringify({ ...event, succeeded });
  return { status: 200, headers: { 'Content-Type': 'application/json;charset=UTF-8' }, body };
};

export const archiveRoutes = {
  'services/archive': { POST: archive },
  'services/validate-archive': { POST: validate },
} satisfies Record<string, Record<string, Route>>;
