import type { Answer, Call, Site } from '../call.ts';
import { isRefusal, refusal } from '../refusal.ts';
import { archiveSession } from './archiveSession.ts';
import { autoarchives } from './autoarchives.ts';
import { buildSession } from './buildSession.ts';
import type { PrearchiveRow } from './prearchiveStore.ts';
import { rowUri } from './rowUri.ts';
import { uriList } from './uriList.ts';

/**
 * POST …?action=commit: builds, then archives where row, request or project say so. A merge is always allowed, and never
 * over conflicts. With `http-session-listener` the archiving is queued, and event_tracking tells what becomes of it.
 */
export async function commitSession(row: PrearchiveRow, { query, user }: Call, site: Site): Promise<Answer> {
  const { login } = user;
  const built = await buildSession(row, site);
  if (built.status === 'ERROR') throw refusal(500, built.log);
  if (!autoarchives(built, query.get('AA') ?? undefined, site)) return uriList([rowUri(built)], site);
  const rules = { merges: true, overrides: false, overwritesFiles: query.get('overwrite_files') === 'true' };
  const key = query.get('http-session-listener');
  if (key === null || !site.faults.get().queuesCommits) {
    const uri = await archiveSession(built, { rules, login, site });
    return uriList([uri], site, site.faults.get().commitAnswers301 ? 301 : 200);
  }
  const event = { key, payload: '{"entryList":[]}', finalMessage: '' };
  site.prearchive.putEvent(login, { ...event, succeeded: null });
  const tell = (succeeded: number, finalMessage: string) =>
    site.prearchive.putEvent(login, { ...event, succeeded, finalMessage });
  void archiveSession(built, { rules, login, site }).then(
    (uri) => tell(1, uri),
    (error) => tell(0, isRefusal(error) ? error.message : 'unknown'),
  );
  return uriList([rowUri(built)], site);
}
