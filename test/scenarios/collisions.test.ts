import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashBytes } from '../../core/audit/hashJson.ts';
import { receiptBytes } from '../../core/audit/receiptBytes.ts';
import { expectArchivedOnce } from './expectArchivedOnce.ts';
import { type Machine, startMachine } from './machine.ts';
import { studyOf } from './study.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await startMachine({ timeScale: 0.001 });
}, 180_000);
afterAll(() => machine.stop());

const study = studyOf('collision', { series: 2, slices: 2 });
const [first = [], second = []] = [study.slice(0, 2), study.slice(2)];

async function upload(name: string, files: typeof study, asked: string[] = []) {
  const folder = await machine.site.writeFolder(name, files);
  const { code, events } = await machine.site.cli([
    'upload',
    folder,
    '--project',
    'DEMO',
    '--wait',
    '--json',
    ...asked,
  ]);
  return { folder, code, submission: String(events.at(-1)?.submission), summary: events.at(-1) };
}

test('late files of a study are refused, unless the site asks for an addendum or another label', {
  timeout: 120_000,
}, async () => {
  const { site } = machine;
  const one = await upload('first', first);
  const { receipt } = await expectArchivedOnce({ site, ...one, archived: 2 });

  const refused = await upload('second', second);
  expect(refused).toMatchObject({ code: 11, summary: { state: 'failed', code: 'SessionExists' } });
  expect(await site.listArchive()).toHaveLength(2);

  const late = await upload('second', second, ['--on-conflict', 'append']);
  expect(late.code).toBe(0);
  const addendum = (await site.api.getReceipt(late.submission)).receipt;
  const digest = hashBytes(receiptBytes(receipt));
  // the session tells of the submission that made it
  const { fields, ...session } = receipt.sessions[0] ?? {};
  expect(fields).toHaveLength(3);
  expect(addendum.sessions).toEqual([
    {
      ...session,
      made: { subject: false, session: false, scans: ['2'] },
      previous: { submission: one.submission, sha256: digest },
    },
  ]);
  expect((await site.listArchive()).map(({ scan }) => scan)).toEqual(['1', '1', '2', '2']);

  const beside = await upload('second', second, ['--on-conflict', 'new-label']);
  await expectArchivedOnce({ site, ...beside, archived: 2 });
  const [other] = (await site.api.getReceipt(beside.submission)).receipt.sessions;
  expect(other?.session).toBe(`${receipt.sessions[0]?.session}-2`);

  const again = await upload('first', first);
  expect(again.code).toBe(0);
  const repeated = (await site.api.getReceipt(again.submission)).receipt;
  expect(repeated.files.map(({ archived }) => archived?.stood)).toEqual([true, true]);
  expect(await site.listArchive()).toHaveLength(6);
});
