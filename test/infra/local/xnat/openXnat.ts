import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startXnat } from '../../../../infra/local/xnat/startXnat.ts';
import type { XnatOptions } from '../../../../infra/local/xnat/xnatOptions.ts';

export const users: XnatOptions['users'] = [
  { login: 'admin', password: 'admin-password', role: 'admin' },
  { login: 'airlock', password: 'airlock-password', role: 'member' },
  { login: 'reader', password: 'reader-password', role: 'collaborator' },
];

export const xnatOptions = (dataDir: string): XnatOptions => ({ dataDir, port: 0, users, projects: ['DEMO'] });

/** A stand-in with a folder of its own; `close` removes both. */
export async function openXnat(options: Partial<XnatOptions> = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'xnat-'));
  const xnat = await startXnat({ ...xnatOptions(dataDir), ...options });
  return {
    ...xnat,
    dataDir,
    async close() {
      await xnat.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
