import { xnatArchive } from '../../lambdas/adapters/xnatArchive.ts';

interface SiteAccount {
  /** Root of an XNAT. */
  url: string;
  /** May create projects, which makes it the owner of what it creates. */
  username: string;
  password: string;
}

/** An archive in a project of its own at any XNAT; `close` deletes the project with all that is in it. */
export async function openSite({ url, username, password }: SiteAccount) {
  const root = url.replace(/\/+$/, '');
  const project = `AIRLOCK_TEST_${Date.now()}`;
  const headers = {
    Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
    'User-Agent': 'xnat-airlock/contract',
  };
  const ask = async (method: string, path: string) => {
    const { status } = await fetch(`${root}${path}`, { method, headers, redirect: 'manual' });
    return status;
  };
  const made = await ask('PUT', `/data/projects/${project}`);
  if (made !== 200 && made !== 201) throw new Error(`Cannot create the project ${project}: XNAT answered ${made}`);
  const archive = xnatArchive({ url: root, username, password, userAgent: 'xnat-airlock/contract' });
  return {
    archive,
    project,
    async close() {
      await archive.end();
      await ask('DELETE', `/data/projects/${project}?removeFiles=true`);
      const left = await ask('GET', `/data/projects/${project}?format=json`);
      if (left === 200) throw new Error(`Cannot delete the project ${project}: delete it by hand`);
    },
  };
}
