import { setTimeout as wait } from 'node:timers/promises';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { PrearchivedSession } from '../../core/submission/PrearchivedSession.ts';
import type { Archive } from '../../core/submission/ports.ts';
import { EventAnswer, PrearchiveFileTable, PrearchiveScanTable, PrearchiveTable } from './xnatAnswers.ts';
import { xnatPaths } from './xnatPaths.ts';
import type { xnatSession } from './xnatSession.ts';

/** How often event tracking is asked, and for how long one step waits; the next try finds what came of it. */
const FIRST_POLL_MS = 50;
const POLL_MS = 2000;
const POLL_COUNT = 150;

/** What XNAT shows up in its event tracking a moment after it accepted the work. */
const UNKNOWN_COUNT = 10;

type Xnat = ReturnType<typeof xnatSession>;
type Prearchive = Pick<Archive, 'listPrearchived' | 'importPack' | 'commit'>;

/**
 * XNAT's import service and its prearchive. XNAT answers 200 also when it put data elsewhere or dropped it, so every
 * address it answers is looked at.
 */
export function xnatPrearchive(xnat: Xnat): Prearchive {
  const readRows = async (project: string) => {
    const request = { action: 'list the prearchive', path: xnatPaths.prearchive(project) };
    return (await xnat.readJson(request, PrearchiveTable)) ?? [];
  };
  const readScans = async (uri: string): Promise<PrearchivedSession['scans']> => {
    const scans = await xnat.readJson(
      { action: 'list a session in the prearchive', path: `${uri}/scans` },
      PrearchiveScanTable,
    );
    const found: PrearchivedSession['scans'] = [];
    for (const { ID } of scans ?? []) {
      const path = `${uri}/scans/${encodeURIComponent(ID)}/resources/DICOM/files`;
      const files = await xnat.readJson({ action: 'list a scan in the prearchive', path }, PrearchiveFileTable);
      found.push({ scan: ID, names: files ?? [] });
    }
    return found;
  };

  return {
    async listPrearchived({ xnatProject, session }) {
      const rows = await readRows(xnatProject);
      const own = rows.filter(({ tag, name }) => tag === session.study && name === session.session);
      const found: PrearchivedSession[] = [];
      for (const { url, status } of own) {
        const uri = `/data${url}`;
        if (!xnatPaths.isPrearchived(uri, xnatProject)) throw elsewhere();
        found.push({ uri, state: stateOf(status), scans: await readScans(uri) });
      }
      return found;
    },

    async importPack(target, { body }) {
      const { xnatProject, session } = target;
      const query = {
        ...{ 'import-handler': 'DICOM-zip', inbody: 'true' },
        ...{ PROJECT_ID: xnatPaths.label(xnatProject), SUBJECT_ID: xnatPaths.label(session.subject) },
        ...{ EXPT_LABEL: xnatPaths.label(session.session), prevent_auto_commit: 'true', SOURCE: 'xnat-airlock' },
      };
      const request = {
        action: 'import a pack',
        method: 'POST',
        path: '/data/services/import',
        query,
        zip: body,
      } as const;
      const answer = (await xnat.askText(request)) ?? '';
      const uris = answer.split(/[\r\n]+/).filter((line) => line !== '');
      if (uris.length === 0) {
        throw new DomainError(
          'XnatRefused',
          'Cannot import a pack: XNAT dropped all of it, wanted no series import filter',
        );
      }
      const [uri = ''] = uris;
      if (uris.length > 1 || !xnatPaths.isPrearchived(uri, xnatProject)) throw elsewhere();
    },

    async commit({ uri, ...target }, job) {
      if (!xnatPaths.isPrearchived(uri, target.xnatProject)) throw elsewhere();
      const query = { action: 'commit', AA: 'true', event_reason: job, 'http-session-listener': job };
      const request = { action: 'commit a session', method: 'POST', path: uri, query, isCommit: true } as const;
      // a server that archives at once answers 301, without a place to go to
      const answer = (await xnat.askText(request)) ?? '';
      if (answer.includes('/archive/')) return;
      await settled(xnat, job);
    },
  };
}

/** Waits until the queued work has ended. */
async function settled(xnat: Xnat, job: string): Promise<void> {
  const request = { action: 'follow a commit', path: `/xapi/event_tracking/${encodeURIComponent(job)}` };
  let unknown = 0;
  for (let count = 0; count < POLL_COUNT; count += 1) {
    const event = await xnat.readJson(request, EventAnswer);
    if (event === undefined) unknown += 1;
    // a server without event tracking: whoever looks into the archive next sees what came of it
    if (unknown === UNKNOWN_COUNT) break;
    if (event?.succeeded === true) return;
    if (event?.succeeded === false) {
      throw new DomainError('XnatConflict', 'Cannot commit a session: XNAT could not archive it, wanted no conflict');
    }
    await wait(Math.min(POLL_MS, FIRST_POLL_MS * 2 ** count));
  }
  throw new DomainError('XnatUnavailable', 'Cannot commit a session: XNAT has not ended it yet, wanted it archived');
}

/** What rests is open, or was refused; everything else is under way. */
function stateOf(status: string): PrearchivedSession['state'] {
  if (status === 'READY' || status === 'RECEIVING') return 'open';
  return status === 'CONFLICT' || status === 'ERROR' ? 'refused' : 'busy';
}

const elsewhere = () =>
  new DomainError(
    'XnatRefused',
    'Cannot import a pack: XNAT put it elsewhere, wanted it in the project it was sent to',
  );
