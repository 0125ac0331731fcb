import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFileThreads } from '../../../../clients/cli/engine/openFileThreads.ts';
import { policyWith } from '../../../fixtures/deidContext.ts';
import { explicitLittle, withIdentity, writeFile as writeDicom, writeElements } from '../../../fixtures/writeDicom.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'airlock-threads-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const filesIn = async (folder: string) =>
  (await readdir(folder, { recursive: true })).filter((name) => /\.(dcm|part)$/.test(name)).length;

test('writes nothing any more once a run that failed is closed', async () => {
  const source = join(root, 'in.dcm');
  const bytes = writeDicom({ data: writeElements(withIdentity(), explicitLittle) });
  await writeFile(source, bytes);
  const out = join(root, 'out');
  await mkdir(out);
  const file = { path: 'in.dcm', sizeBytes: bytes.length, source };
  const labels = { project: 'TRIAL', subject: 'S1', session: 'S1_CT' };
  const wants = { wantsChanges: false, wantsValues: false, wantsIdentity: false, sparesCore: false };
  const tasks = Array.from({ length: 512 }, (_, number) => ({
    ...{ number, file, labels, out, name: `${number}/x.dcm` },
    ...wants,
  }));
  // in the second batch, which another thread does
  await mkdir(join(root, 'elsewhere'));
  await symlink(join(root, 'elsewhere'), join(out, '40'));
  const { signal } = new AbortController();
  const project = { policy: policyWith({}), key: new Uint8Array(32) };
  const threads = await openFileThreads({ files: tasks.map(() => file), jobs: 2, project, signal });
  // so that the other thread is there
  const digests = await Array.fromAsync(threads.run('digest', tasks));
  expect(digests).toHaveLength(tasks.length);
  await expect(Array.fromAsync(threads.run('clean', tasks))).rejects.toThrow(/is a link/);
  await threads.close();
  const written = await filesIn(out);
  await setTimeout(500);
  expect(await filesIn(out)).toBe(written);
  expect(written).toBeLessThan(tasks.length - 1);
});
