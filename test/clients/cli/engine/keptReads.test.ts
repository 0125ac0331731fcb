import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanFile } from '../../../../clients/cli/engine/cleanFile.ts';
import { examineFile } from '../../../../clients/cli/engine/examineFile.ts';
import { roomForReads, takeRead } from '../../../../clients/cli/engine/keptReads.ts';
import { openInput } from '../../../../clients/cli/files/streamInput.ts';
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
  // as an archive gives it to all that it unpacks
  utimesSync(source, 1_700_000_000, 1_700_000_000);
  return { path: name, sizeBytes: bytes.length, modifiedMs: 1_700_000_000_000, source };
}

const slice = (instance: number) => synthesizeCtSlice({ seed: 'kept', series: 1, instance, rows: 64, columns: 64 });

/** Two slices of one length. */
function twoAlike(): [Uint8Array, Uint8Array] {
  const slices = Array.from({ length: 20 }, (_, at) => slice(10 + at));
  const [one, other] = [...Map.groupBy(slices, ({ length }) => length).values()].find(({ length }) => length > 1) ?? [];
  if (one === undefined || other === undefined) throw new Error('No two slices are of one length');
  return [one, other];
}

function stateOf(file: ReturnType<typeof fileNamed>): string | undefined {
  const input = openInput(file);
  const state = input.state();
  void input.close();
  return state;
}

const clean = (file: ReturnType<typeof fileNamed>, name: string, instance?: string) =>
  cleanFile({ number: 0, file, labels, out: folder, name, instance, ...wants }, project, new AbortController().signal);

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
    const state = stateOf(file);
    expect([takeRead(file, state), takeRead(file, state)].map((read) => read !== undefined)).toEqual([true, false]);
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
    expect(await clean(file, 'shorter/x.dcm')).toMatchObject({ outcome: 'left', code: 'DicomTruncated' });
    expect(readdirSync(folder)).not.toContain('shorter');
  });

  const takings = [
    { how: 'by its name', take: renameSync },
    {
      how: 'by its bytes',
      take: (from: string, to: string) => {
        copyFileSync(from, to);
        utimesSync(to, 1_700_000_000, 1_700_000_000);
      },
    },
  ];

  test.each(takings)(
    'is not put before the pixels of a file as long and as old that took its place $how',
    async ({ take }) => {
      const [one, other] = twoAlike();
      const file = fileNamed('first.dcm', one);
      const examined = await examineFile({ number: 0, file, onlyDeciding: true }, project);
      const { instance } = examined.fact.dicom ?? {};
      take(fileNamed('other.dcm', other).source, file.source);
      expect(await clean(file, 'taken/x.dcm', instance)).toEqual({
        outcome: 'left',
        number: 0,
        code: 'FileUnreadable',
      });
      expect(readdirSync(folder)).not.toContain('taken');
    },
  );

  test('is read again where the file was moved and is the same', async () => {
    const file = fileNamed('moved.dcm', slice(6));
    const { fact } = await examineFile({ number: 0, file, onlyDeciding: true }, project);
    renameSync(file.source, `${file.source}.old`);
    fileNamed('moved.dcm', readFileSync(`${file.source}.old`));
    expect(await clean(file, 'moved/x.dcm', fact.dicom?.instance)).toMatchObject({ outcome: 'written' });
  });

  test('of another file stands for none that was not kept', async () => {
    const [one, other] = twoAlike();
    const file = fileNamed('large.dcm', one);
    const { fact } = await examineFile({ number: 0, file, onlyDeciding: true }, project);
    takeRead(file, undefined);
    renameSync(fileNamed('larger.dcm', other).source, file.source);
    const cleaned = await clean(file, 'large/x.dcm', fact.dicom?.instance);
    expect(cleaned).toEqual({ outcome: 'left', number: 0, code: 'FileUnreadable' });
  });
});
