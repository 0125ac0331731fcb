import { rm } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { explicitLittle, withIdentity, writeElements, writeFile } from '../../../fixtures/writeDicom.ts';
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

test('airlock deid tells of a file that it leaves where the reason lies, and what to do', async () => {
  const elements = withIdentity(
    { tag: 0x00100010, vr: 'PN', value: 'Zzyzxburg^Quillabeth' },
    { tag: 0x00081090, vr: 'LO', value: 'made for QUILLABETH' },
  );
  const residual = writeFile({ data: writeElements(elements, explicitLittle) });
  folder = await folderOf({
    a: dicomFile({ sop: '1.2.7' }).slice(0, -5),
    b: residual,
    c: dicomFile({ sop: '1.2.8', series: '1.2.3.9', modality: 'US', pixels: 'pixels' }),
  });
  const { out } = await airlock(['deid', '.', '--out', 'out', '--json'], { cwd: folder });
  const left = out.map((line) => JSON.parse(line)).filter(({ type }) => type === 'left');
  expect(left.sort((one, other) => one.file - other.file)).toMatchObject([
    { file: 0, code: 'DicomTruncated', offset: expect.any(Number), tag: expect.any(String) },
    {
      ...{ file: 1, code: 'ResidualIdentifier', tag: '(0008,1090)', offset: expect.any(Number) },
      advice: expect.stringMatching(/A person must look at it$/),
    },
    { file: 2, code: 'BurnedInRisk', offset: expect.any(Number), advice: expect.stringMatching(/A person must/) },
  ]);
  expect(left.every(({ advice }) => advice.length > 20)).toBe(true);
  expect(out.join()).not.toMatch(/quilla|zzyzx/i);
});
