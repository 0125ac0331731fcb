import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { OutcomeOf, TaskKind, TaskOf } from '../../../clients/cli/engine/fileTasks.ts';
import { openFileThreads } from '../../../clients/cli/engine/openFileThreads.ts';
import { nodeCodecs } from '../../../clients/cli/files/nodeCodecs.ts';
import { synthesizeCtSlice } from '../../../core/dicom/synthesizeCt.ts';
import { policyWith, projectKey } from '../../fixtures/deidContext.ts';
import { airlock, dicomFile, folderOf, openPaths, zipOf } from './cliRun.ts';

let folder: string;
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const labels = { project: 'TRIAL', subject: 'S1', session: 'S1_CT' };
const wants = { wantsChanges: false, wantsValues: false, wantsIdentity: false, sparesCore: false };
const slice = synthesizeCtSlice({ seed: 'failed', series: 1, instance: 1, rows: 4, columns: 4 });
/** Plain data that no schema lets through, so that it reaches threads too: a rule over pixels that has none. */
const noRule = JSON.parse('[null]');
/** A rule that fits, whose rectangles cannot be read once pixels are written. */
const noRectangle = JSON.parse('[{"modality":"CT","rows":4,"columns":4,"rectangles":[null]}]');
const files = 70;
/** In more than one batch, so that every thread has some. */
const failing = [3, 5, 40, 64];

/** The outcomes of these tasks, of which some files have pixels and the others do not. */
async function outcomesOf<Kind extends TaskKind>(
  kind: Kind,
  { jobs, cleanPixels = [] }: { jobs: number; cleanPixels?: [] },
  taskOf: (task: TaskOf<'clean'>) => TaskOf<Kind>,
): Promise<OutcomeOf<Kind>[]> {
  folder = await folderOf({ plain: dicomFile(), failing: slice });
  const tasks = Array.from({ length: files }, (_, number) => {
    const path = failing.includes(number) ? 'failing' : 'plain';
    const file = { path, sizeBytes: slice.length, source: join(folder, path) };
    return taskOf({
      number,
      file,
      labels,
      out: join(folder, 'out'),
      name: `${number}/x.dcm`,
      ...wants,
    });
  });
  const project = { policy: { ...policyWith(), deid: { ...policyWith().deid, cleanPixels } }, key: projectKey };
  const opening = { files: tasks.map(({ file }) => file), jobs, project, signal: new AbortController().signal };
  const threads = await openFileThreads(opening);
  return Array.fromAsync(threads.run(kind, tasks)).finally(threads.close);
}

const told = (place: string) =>
  expect.stringMatching(
    new RegExp(`^Airlock failed at this file by a fault of its own: TypeError at ${place}:\\d+:\\d+$`),
  );

describe.each([1, 3])('a fault of its own at some files, in %i threads,', (jobs) => {
  test('is told of each that is examined, and the others are', async () => {
    const outcomes = await outcomesOf('examine', { jobs, cleanPixels: noRule }, (task) => ({
      ...task,
      onlyDeciding: true,
    }));
    expect(outcomes.map(({ fact }) => fact.file)).toEqual(Array.from({ length: files }, (_, number) => number));
    const failed = outcomes.filter(({ fact }) => fact.disposition === 'hold');
    const message = told('core/deid/pixels/planBlanking.ts');
    expect(failed).toEqual(
      failing.map((file) => ({
        fact: { file, sizeBytes: slice.length, disposition: 'hold' },
        findings: [{ code: 'FileFailed', file, severity: 'warning', disposition: 'hold', message }],
      })),
    );
    expect(outcomes.filter(({ fact }) => fact.dicom !== undefined)).toHaveLength(files - failing.length);
    // a night has more of them than a process may have open
    expect(await openPaths()).not.toContain(join(folder, 'failing'));
  });

  test('is told of each that is digested, and the others are', async () => {
    const outcomes = await outcomesOf('digest', { jobs }, ({ number, file }) => ({
      number,
      // as plain data, so that it reaches threads too
      file: file.path === 'failing' ? { ...file, source: JSON.parse('{}') } : file,
    }));
    expect(outcomes.filter(({ sha256 }) => sha256 === undefined)).toMatchObject(
      failing.map((file) => ({
        file,
        failed: { code: 'FileFailed', file, message: told('clients/cli/files/streamInput.ts') },
      })),
    );
    expect(outcomes.filter(({ failed }) => failed === undefined)).toHaveLength(files - failing.length);
  });

  test.each([
    { why: 'before', cleanPixels: noRule, place: 'core/deid/pixels/planBlanking.ts' },
    { why: 'while', cleanPixels: noRectangle, place: 'core/dicom/blankRectangles.ts' },
  ])('leaves nothing of each that fails $why it is written, and the others are', async ({ cleanPixels, place }) => {
    const outcomes = await outcomesOf('clean', { jobs, cleanPixels }, (task) => task);
    expect(outcomes.filter(({ outcome }) => outcome === 'left')).toEqual(
      failing.map((number) => ({ outcome: 'left', number, code: 'FileFailed', message: told(place) })),
    );
    const there = await readdir(join(folder, 'out'), { recursive: true, withFileTypes: true });
    const names = there.filter((entry) => entry.isFile()).map(({ name }) => name);
    expect(names).toEqual(Array(files - failing.length).fill('x.dcm'));
  });

  test('is none of the disk that is written to: that ends the run', async () => {
    const clean = outcomesOf('clean', { jobs }, (task) => ({ ...task, out: task.file.source }));
    await expect(clean).rejects.toThrow(/ENOTDIR|EEXIST/);
  });
});

/** Makes one reading of one patient's file fail as a bug would, with a value in its message. */
function failAt(reading: number): void {
  const { crc32 } = nodeCodecs;
  let seen = 0;
  vi.spyOn(nodeCodecs, 'crc32').mockImplementation((chunk, seed) => {
    seen += Buffer.from(chunk).includes('ROE^JANE') ? 1 : 0;
    if (seen !== reading || !Buffer.from(chunk).includes('ROE^JANE')) return crc32(chunk, seed);
    throw new TypeError('ROE^JANE is no number');
  });
}

describe('a fault of its own at one file', () => {
  const three = async () => ({
    'in.zip': await zipOf({
      a: dicomFile({ sop: '1.2.7' }),
      b: dicomFile({ sop: '1.2.8', patient: 'ROE^JANE', study: '1.2.4', series: '1.2.4.1' }),
      c: dicomFile({ sop: '1.2.9' }),
    }),
  });

  test.each([
    { why: 'at the first reading', reading: 1 },
    { why: 'at the second', reading: 2 },
  ])('$why is told by its number, and the others are written', async ({ reading }) => {
    folder = await folderOf(await three());
    failAt(reading);
    const { exit, out, err, said } = await airlock(['deid', 'in.zip', '--out', 'out'], { cwd: folder });
    expect({ exit, written: out.length }).toEqual({ exit: 4, written: 2 });
    expect(err).toContainEqual(
      expect.stringMatching(/^file 1 is not written: FileFailed: .*: TypeError at \S+:\d+:\d+$/),
    );
    expect(said).not.toMatch(/ROE|JANE|no number/);
  });

  test('is told by the exit code of validate, and to programs', async () => {
    folder = await folderOf(await three());
    failAt(1);
    const { exit, out } = await airlock(['validate', 'in.zip', '--format', 'jsonl'], { cwd: folder });
    const events = out.map((line) => JSON.parse(line));
    expect(exit).toBe(1);
    expect(events.filter(({ code }) => code === 'FileFailed')).toMatchObject([{ file: 1, path: 'in.zip/b' }]);
    expect(events.at(-1)).toMatchObject({ files: 3, accept: 2, hold: 1 });
  });

  test('where copies are compared is told of that file, and none of them goes on', async () => {
    folder = await folderOf({ 'in/a': dicomFile(), 'in/b': dicomFile(), 'in/c': dicomFile({ sop: '1.2.9' }) });
    const { sha256 } = nodeCodecs;
    let asked = 0;
    vi.spyOn(nodeCodecs, 'sha256').mockImplementation(() => {
      asked += 1;
      if (asked === 2) throw new RangeError('DOE^JOHN');
      return sha256();
    });
    const { exit, out, err } = await airlock(['deid', 'in', '--out', 'out'], { cwd: folder });
    expect({ exit, written: out.length }).toEqual({ exit: 4, written: 1 });
    expect(err.filter((line) => /^(?:file )?\d/.test(line))).toEqual([
      'file 0 is not written: InstanceConflict',
      expect.stringMatching(/^file 1 is not written: FileFailed: .*: RangeError at \S+$/),
      '1 of 3 files are written',
    ]);
    asked = 0;
    const told = await airlock(['validate', 'in'], { cwd: folder });
    expect(told.exit).toBe(1);
    expect(told.out.filter((line) => /FileFailed|InstanceConflict/.test(line))).toHaveLength(2);
  });

  test('at a great many files is told of each', async () => {
    const each = await zipOf({ a: dicomFile({ patient: 'ROE^JANE' }) });
    folder = await folderOf(Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`in/${n}.zip`, each])));
    vi.spyOn(nodeCodecs, 'crc32').mockImplementation(() => {
      throw new TypeError('x');
    });
    const { exit, err } = await airlock(['deid', 'in', '--out', 'out'], { cwd: folder });
    expect({ exit, told: err.filter((line) => /^file .*FileFailed/.test(line)).length }).toEqual({
      exit: 3,
      told: 300,
    });
  });
});
