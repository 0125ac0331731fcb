import { xnatArchive } from '../../lambdas/adapters/xnatArchive.ts';
import { memoryArchive } from '../fakes/memoryArchive.ts';
import { openXnat } from '../infra/local/xnat/openXnat.ts';
import { archiveContract } from './archive.ts';
import { openSite } from './openSite.ts';

archiveContract('memory', async () => ({ archive: memoryArchive(), close: async () => {} }));

archiveContract('XNAT', async () => {
  const { url, close } = await openXnat();
  const account = { username: 'airlock', password: 'airlock-password', userAgent: 'xnat-airlock/test' };
  return { archive: xnatArchive({ url, ...account }), close };
});

// what `npm run test:xnat` does at a real one
archiveContract('a site by its address', async () => {
  const { url, close } = await openXnat();
  const site = await openSite({ url, username: 'admin', password: 'admin-password' });
  return { ...site, close: () => site.close().finally(close) };
});
