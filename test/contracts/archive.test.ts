import { xnatArchive } from '../../lambdas/adapters/xnatArchive.ts';
import { memoryArchive } from '../fakes/memoryArchive.ts';
import { openXnat } from '../infra/local/xnat/openXnat.ts';
import { archiveContract } from './archive.ts';
import { archiveResourcesContract } from './archiveResources.ts';
import { openSite } from './openSite.ts';

const inMemory = async () => ({ archive: memoryArchive(), close: async () => {} });

const inXnat = async () => {
  const { url, close } = await openXnat();
  const account = { username: 'airlock', password: 'airlock-password', userAgent: 'xnat-airlock/test' };
  return { archive: xnatArchive({ url, ...account }), close };
};

// what `npm run test:xnat` does at a real one
const atAnAddress = async () => {
  const { url, close } = await openXnat();
  const site = await openSite({ url, username: 'admin', password: 'admin-password' });
  return { ...site, close: () => site.close().finally(close) };
};

archiveContract('memory', inMemory);
archiveContract('XNAT', inXnat);
archiveContract('a site by its address', atAnAddress);
archiveResourcesContract('memory', inMemory);
archiveResourcesContract('XNAT', inXnat);
archiveResourcesContract('a site by its address', atAnAddress);
