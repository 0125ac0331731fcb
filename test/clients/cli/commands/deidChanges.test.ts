import { rm } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { airlock, dicomFile, folderOf } from '../cliRun.ts';

let folder: string;
afterEach(() => rm(folder, { recursive: true }));

test('airlock deid --diff tells programs what became of each element, and by which rule', async () => {
  folder = await folderOf({ a: dicomFile() });
  const { out } = await airlock(['deid', '.', '--out', 'out', '--json', '--diff'], { cwd: folder });
  const [file, summary] = out.map((line) => JSON.parse(line));
  expect(file).toMatchObject({ type: 'file', file: 0, changesOmitted: 0 });
  expect(file.changes).toContainEqual({
    ...{ path: '(0010,0010)', vr: 'PN', action: 'changed', rule: 'written into every output' },
  });
  expect(file.changes).toContainEqual({
    ...{ path: '(0020,000D)', vr: 'UI', action: 'changed', rule: 'E.1-1 U' },
  });
  const actions = new Set(file.changes.map(({ action }: { action: string }) => action));
  expect([...actions].every((action) => ['kept', 'changed', 'emptied', 'removed'].includes(String(action)))).toBe(true);
  expect(out.join()).not.toContain('DOE');
  expect(summary).toMatchObject({ type: 'summary', written: 1 });
});
