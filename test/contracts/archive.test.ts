import { xnatArchive } from '../../lambdas/adapters/xnatArchive.ts';
import { memoryArchive } from '../fakes/memoryArchive.ts';
import { openXnat } from '../infra/local/xnat/openXnat.ts';
import { archiveContract } from './archive.ts';
import { archiveFieldsContract } from './archiveFields.ts';
import { archiveLabelsContract } from './archiveLabels.ts';
import { archiveResourcesContract } from './archiveResources.ts';
import { openSite } from './openSite.ts';

const inMemory = async () => ({ archive: memoryArchive(), close: async () => {} });

/** A member of the project; what is the project's own takes an owner. */
const inXnat = (username: 'airlock' | 'admin') => async () => {
  const { url, close } = await openXnat();
  const account = { username, password: `${username}-password`, userAgent: 'xnat-airlock/test' };
  return { archive: xnatArchive({ url, ...account }), close };
};

// what `npm run test:xnat` does at a real one
const atAnAddress = async () => {
  const { url, close } = await openXnat();
  const site = await openSite({ url, username: 'admin', password: 'admin-password' });
  return { ...site, close: () => site.close().finally(close) };
};

archiveContract('memory', inMemory);
archiveContract('XNAT', inXnat('airlock'));
archiveContract('a site by its address', atAnAddress);
archiveLabelsContract('memory', inMemory);
archiveLabelsContract('XNAT', inXnat('airlock'));
archiveLabelsContract('a site by its address', atAnAddress);
archiveResourcesContract('memory', inMemory);
archiveResourcesContract('XNAT', inXnat('admin'));
archiveResourcesContract('a site by its address', atAnAddress);
archiveFieldsContract('memory', inMemory);
archiveFieldsContract('XNAT', inXnat('airlock'));
archiveFieldsContract('a site by its address', atAnAddress);
