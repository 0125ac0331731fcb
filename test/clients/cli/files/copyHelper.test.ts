import { expect, test, vi } from 'vitest';
import { copyHelper } from '../../../../clients/cli/files/copyHelper.ts';

vi.mock('node:worker_threads', () => ({
  // as Node does where the system gives it no thread
  Worker: class {
    constructor() {
      throw Object.assign(new Error('EAGAIN'), { code: 'ERR_WORKER_INIT_FAILED' });
    }
  },
}));

test('nobody helps where no thread can be started', async () => {
  expect(await copyHelper()).toBeUndefined();
});
