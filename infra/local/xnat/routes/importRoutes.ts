import type { Call, Route, Site } from '../call.ts';
import { archiveSession } from '../prearchive/archiveSession.ts';
import { buildSession } from '../prearchive/buildSession.ts';
import { type Destination, importDestination } from '../prearchive/importDestination.ts';
import { importUpload } from '../prearchive/importUpload.ts';
import type { PrearchiveRow } from '../prearchive/prearchiveStore.ts';
import { rowUri } from '../prearchive/rowUri.ts';
import { uriList } from '../prearchive/uriList.ts';
import { mediaType, receiveUpload } from '../receiveUpload.ts';
import { isRefusal, refusal } from '../refusal.ts';

/** POST services/import: DICOM-zip, the handler that is served here. */
const importZip: Route = async (call, site) => {
  const { query, request, user } = call;
  const handler = query.get('import-handler') ?? 'DICOM-zip';
  if (handler !== 'DICOM-zip') throw refusal(404, `Unknown import-handler ${handler.slice(0, 40)}`);
  const isChunked = request.headers['content-length'] === undefined;
  if (isChunked && mediaType(request) !== 'application/zip' && site.faults.get().refusesChunked) {
    throw refusal(400, 'In-body File posts must include the file directly as the body of the message');
  }
  const upload = await receiveUpload(request, query, site);
  const destination = importDestination(upload.parameters, site);
  const rows = await importUpload(upload, { destination, user, site });
  if (!destination.commits) return uriList(rows.map(rowUri), site);
  const uris: string[] = [];
  for (const row of rows) uris.push(await commitRow(row, { destination, call, site }));
  return uriList(uris, site);
};

interface Commit {
  destination: Destination;
  call: Call;
  site: Site;
}

/** @throws refusal 400 also for conflicts, in the words of the importer */
async function commitRow(row: PrearchiveRow, { destination, call, site }: Commit): Promise<string> {
  const built = await buildSession(row, site);
  if (!destination.archives) return rowUri(built);
  const { merges, overrides, overwritesFiles } = destination;
  try {
    const rules = { merges: merges || overrides, overrides, overwritesFiles };
    return await archiveSession(built, { rules, login: call.user.login, site });
  } catch (error) {
    if (!isRefusal(error) || !site.faults.get().mapsConflicts) throw error;
    throw refusal(400, `unable to archive for the Prearchive session: ${error.message}`);
  }
}

export const importRoutes = {
  'services/import': { POST: importZip, PUT: importZip },
} satisfies Record<string, Record<string, Route>>;
