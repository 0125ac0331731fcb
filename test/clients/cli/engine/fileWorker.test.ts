import { expect, test } from 'vitest';
import { openFileWorker } from '../../../../clients/cli/engine/fileWorker.ts';
import { policyWith } from '../../../fixtures/deidContext.ts';

test('a thread that is over says so to who asks', async () => {
  const worker = openFileWorker({ policy: policyWith(), key: new Uint8Array(32) });
  expect(await worker.ask('digest', [])).toEqual([]);
  worker.stop();
  await worker.ended;
  await expect(worker.ask('digest', [])).rejects.toThrow('A thread ended before its work');
});
