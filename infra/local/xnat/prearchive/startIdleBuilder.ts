import type { Site } from '../call.ts';
import { isRefusal } from '../refusal.ts';
import { archiveSession } from './archiveSession.ts';
import { autoarchives } from './autoarchives.ts';
import { buildSession } from './buildSession.ts';
import type { PrearchiveRow } from './prearchiveStore.ts';

/** XNAT's sessionXmlRebuilderInterval, and how often it looks. */
const IDLE_MS = 5 * 60 * 1000;
const LOOK_MS = 60 * 1000;

/** Builds what rests in RECEIVING for a while, and archives it where the project says so, unless its sender forbade it. */
export function startIdleBuilder(site: Site, idleMs = IDLE_MS) {
  let working = Promise.resolve();
  const isDue = ({ status, preventAutoCommit, source, lastmod }: PrearchiveRow) => {
    const isLeftAlone = preventAutoCommit === 'true' || source === 'uploader';
    const idle = site.now().getTime() - Date.parse(`${lastmod.replace(' ', 'T')}Z`);
    return status === 'RECEIVING' && !isLeftAlone && idle >= idleMs;
  };
  const look = async () => {
    for (const row of site.prearchive.listRows().filter(isDue)) {
      await finish(row, site).catch((error) => {
        // what is refused stays in the row as its status and log
        if (!isRefusal(error)) throw error;
      });
    }
  };
  const timer = setInterval(
    () => {
      working = working.then(look);
    },
    Math.min(idleMs, LOOK_MS),
  );
  return {
    async stop() {
      clearInterval(timer);
      await working;
    },
  };
}

async function finish(row: PrearchiveRow, site: Site): Promise<void> {
  const rules = { merges: true, overrides: false, overwritesFiles: false };
  const built = await buildSession(row, site);
  if (built.status !== 'READY' || !autoarchives(built, undefined, site)) return;
  await archiveSession(built, { rules, login: 'admin', site });
}
