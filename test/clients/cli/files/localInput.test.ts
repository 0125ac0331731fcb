import { chmod, rm } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { airlock, dicomFile, folderOf, zipOf } from '../cliRun.ts';

let folder: string;
afterEach(() => rm(folder, { recursive: true }));

/** Root may read everything: meanwhile this process is somebody else. */
async function withoutRights<Result>(run: () => Promise<Result>): Promise<Result> {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}

test('a ZIP that may not be read is told as such, and the others are read', async () => {
  folder = await folderOf({ 'in/a': dicomFile(), 'in/b.zip': await zipOf({ c: dicomFile({ sop: '1.2.3.4.6' }) }) });
  await chmod(folder, 0o755);
  await chmod(`${folder}/in/b.zip`, 0);
  const { exit, out } = await withoutRights(() => airlock(['validate', 'in'], { cwd: folder }));
  expect(exit).toBe(3);
  expect(out[0]).toMatch(/^refuse {2}FileUnreadable {2}b\.zip {2}/);
  expect(out.at(-1)).toMatch(/^2 files: 1 would be archived, 0 held for a person, 1 refused/);
});
