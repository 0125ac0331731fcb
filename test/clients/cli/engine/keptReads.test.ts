import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanFile } from '../../../../clients/cli/engine/cleanFile.ts';
import { examineFile } from '../../../../clients/cli/engine/examineFile.ts';
import { roomForReads, takeRead } from '../../../../clients/cli/engine/keptReads.ts';
import { synthesizeCtSlice } from '../../../../core/dicom/synthesizeCt.ts';
import { labels, policyWith, projectKey } from '../../../fixtures/deidContext.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'airlock-kept-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const project = { policy: policyWith(), key: projectKey };
const wants = { wantsChanges: false, wantsValues: false, wantsIdentity: true, sparesCore: false };

function fileNamed(name: string, bytes: Uint8Array) {
  const source = join(folder, name);
  writeFileSync(source, bytes);
  return { path: name, sizeBytes: bytes.length, source };
}

const slice = (instance: number) => synthesizeCtSlice({ seed: 'kept', series: 1, instance, rows: 64, columns: 64 });

const clean = (file: ReturnType<typeof fileNamed>, name: string) =>
  cleanFile({ number: 0, file, labels, out: folder, name, ...wants }, project, new AbortController().signal);

describe('what was read of a file', () => {
  test('makes the same of it, and its memory comes back', async () => {
    const file = fileNamed('in.dcm', slice(1));
    const room = roomForReads();
    await examineFile({ number: 0, file, onlyDeciding: true }, project);
    expect(roomForReads()).toBeLessThan(room);
    const kept = await clean(file, 'kept/x.dcm');
    expect(roomForReads()).toBe(room);
    const again = await clean({ ...file }, 'again/x.dcm');
    expect({ ...kept, name: '' }).toEqual({ ...again, name: '' });
    expect(kept).toMatchObject({ outcome: 'written', identity: { subject: labels.subject } });
    expect(readFileSync(join(folder, 'kept/x.dcm'))).toEqual(readFileSync(join(folder, 'again/x.dcm')));
  });

  test('is taken once', async () => {
    const file = fileNamed('once.dcm', slice(2));
    await examineFile({ number: 0, file, onlyDeciding: true }, project);
    expect([takeRead(file), takeRead(file)].map((read) => read !== undefined)).toEqual([true, false]);
  });

  test('is not kept of a file that does not go on, nor where nothing is written', async () => {
    const room = roomForReads();
    const cut = fileNamed('cut.dcm', slice(3).subarray(0, -1));
    await examineFile({ number: 0, file: cut, onlyDeciding: true }, project);
    await examineFile({ number: 0, file: fileNamed('only.dcm', slice(4)), onlyDeciding: false }, project);
    expect(roomForReads()).toBe(room);
  });

  test('does not stand for pixels that are no longer there', async () => {
    const bytes = slice(5);
    const file = fileNamed('shorter.dcm', bytes);
    await examineFile({ number: 0, file, onlyDeciding: true }, project);
    writeFileSync(file.source, bytes.subarray(0, 4000));
    expect(await clean(file, 'shorter/x.dcm')).toEqual({ outcome: 'left', number: 0, code: 'FileUnreadable' });
    expect(readdirSync(join(folder, 'shorter'))).toEqual([]);
  });
});
