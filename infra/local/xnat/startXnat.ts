import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { answerRequest } from './answerRequest.ts';
import { openArchiveFolder } from './archiveFolder.ts';
import { openArchiveStore } from './archiveStore.ts';
import type { Site } from './call.ts';
import { type Faults, faultSwitches } from './faults.ts';
import { openRoutes } from './findRoute.ts';
import { openLogins } from './logins.ts';
import { openPrearchiveStore } from './prearchive/prearchiveStore.ts';
import { startIdleBuilder } from './prearchive/startIdleBuilder.ts';
import type { XnatOptions } from './xnatOptions.ts';

/** A 256 MiB pack over 1 Mbit/s takes 36 minutes. */
const REQUEST_MS = 60 * 60 * 1000;
const FAULT_BYTES = 16 * 1024;

interface RunningXnat {
  url: string;
  faults: Faults;
  stop(): Promise<void>;
}

/**
 * A stand-in of XNAT's REST API (research on XNAT 1.8 and 1.9): sign-in, items, resources and files, listings,
 * search, import and prearchive.
 * State is under `dataDir`: `xnat.sqlite` and `archive/`, laid out as XNAT does.
 */
export async function startXnat(options: XnatOptions): Promise<RunningXnat> {
  mkdirSync(options.dataDir, { recursive: true });
  const { users, sessionIdleMs, sessionsPerUser } = options;
  const faults = faultSwitches(Date.now);
  const site: Site = {
    store: openArchiveStore(join(options.dataDir, 'xnat.sqlite')),
    prearchive: openPrearchiveStore(join(options.dataDir, 'prearchive.sqlite'), () => new Date()),
    folder: openArchiveFolder(options.dataDir),
    logins: openLogins({ users, now: Date.now, sessionIdleMs, sessionsPerUser }),
    faults,
    now: () => new Date(),
  };
  createProjects(options.projects, site);
  const findRoute = openRoutes(users);
  const builder = startIdleBuilder(site, options.prearchiveIdleMs);
  const server = createServer({ requestTimeout: REQUEST_MS }, (request, response) => {
    const isFaults = options.faultRoute === true && request.url === '/_faults' && request.method === 'PUT';
    const work = isFaults
      ? setFaults(request, response, faults)
      : answerRequest(request, response, { site, findRoute });
    // what could not even be answered ends its connection, never the server
    work.catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `http://127.0.0.1:${port}`,
    faults,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await builder.stop();
      await site.folder.flush();
      site.store.close();
      site.prearchive.close();
    },
  };
}

function createProjects(projects: string[], { store, now }: Site) {
  for (const id of projects) {
    if (store.findItem('project', '', id) !== undefined) continue;
    const inserted = now().toISOString().replace('T', ' ').slice(0, 19);
    const place = { id, label: id, scope: '', parent: 0, xsiType: 'xnat:projectData', fields: {} };
    store.insertItem({ ...place, kind: 'project', inserted, insertUser: 'admin' });
  }
}

async function setFaults(request: IncomingMessage, response: ServerResponse, faults: Faults): Promise<void> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    sizeBytes += chunk.length;
    if (sizeBytes > FAULT_BYTES) return void response.writeHead(413).end();
    chunks.push(chunk);
  }
  try {
    faults.set(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    response.writeHead(204).end();
  } catch {
    response.writeHead(400).end('The fault settings do not fit their schema');
  }
}
