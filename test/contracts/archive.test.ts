import { xnatArchive } from '../../lambdas/adapters/xnatArchive.ts';
import { memoryArchive } from '../fakes/memoryArchive.ts';
import { openXnat } from '../infra/local/xnat/openXnat.ts';
import { archiveContract } from './archive.ts';

archiveContract('memory', async () => ({ archive: memoryArchive(), close: async () => {} }));

archiveContract('XNAT', async () => {
  const { url, close } = await openXnat();
  const account = { username: 'airlock', password: 'airlock-password', userAgent: 'xnat-airlock/test' };
  return { archive: xnatArchive({ url, ...account }), close };
});
