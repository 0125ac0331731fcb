import { xnatArchive } from '../../lambdas/adapters/xnatArchive.ts';
import { xnatRemoval } from '../../lambdas/adapters/xnatRemoval.ts';
import { memoryArchive } from '../fakes/memoryArchive.ts';
import { memoryRemoval } from '../fakes/memoryRemoval.ts';
import { openXnat } from '../infra/local/xnat/openXnat.ts';
import { removalContract } from './removal.ts';

removalContract('memory', async () => {
  const archive = memoryArchive();
  return { archive, removal: memoryRemoval(archive), close: async () => undefined };
});

removalContract('XNAT', async () => {
  const xnat = await openXnat();
  const access = { url: xnat.url, userAgent: 'xnat-airlock/test' };
  return {
    // a project's own resources take an owner
    archive: xnatArchive({ ...access, username: 'admin', password: 'admin-password' }),
    removal: xnatRemoval({ ...access, username: 'admin', password: 'admin-password' }),
    close: async () => xnat.close(),
  };
});
