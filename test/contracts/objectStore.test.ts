import { s3ObjectStore } from '../../lambdas/adapters/s3ObjectStore.ts';
import { memoryObjectStore } from '../fakes/memoryObjectStore.ts';
import { openLocalS3 } from '../infra/local/s3/localS3.ts';
import { objectStoreContract } from './objectStore.ts';

objectStoreContract('memory', async () => ({ store: memoryObjectStore(), close: () => undefined }));

objectStoreContract('the one-machine S3', async () => {
  const { client, close } = await openLocalS3();
  return { store: s3ObjectStore({ client, bucket: 'staging' }), close };
});
