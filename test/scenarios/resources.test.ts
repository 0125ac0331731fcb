import { afterAll, beforeAll, expect, test } from 'vitest';
import { quarantineKeys } from '../../core/submission/contracts/keys.ts';
import { type Machine, startMachine } from './machine.ts';
import { studyOf } from './study.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await startMachine();
}, 180_000);
afterAll(() => machine.stop());

test('an image that is no DICOM waits in quarantine, and its study is archived without it', {
  timeout: 120_000,
}, async () => {
  const { site } = machine;
  const image = { path: 'Doe/DOE_JANE.nii.gz', bytes: new Uint8Array(Buffer.from('\x1f\x8bDoe^Jane')) };
  const folder = await site.writeFolder('with an image', [...studyOf('with an image'), image]);
  const sent = await site.cli(['upload', folder, '--project', 'DEMO', '--wait', '--json']);
  expect(sent).toMatchObject({ code: 4 });
  const submission = String(sent.events.at(-1)?.submission);
  const { receipt } = await site.api.getReceipt(submission);
  expect(receipt.totals).toMatchObject({ archived: 3, held: 1 });
  const held = receipt.files.filter(({ outcome }) => outcome === 'held');
  expect(held).toEqual([expect.objectContaining({ code: 'OtherFile', sizeBytes: image.bytes.length })]);
  expect(await machine.versions('QUARANTINE')).toEqual([quarantineKeys.file(submission, held[0]?.file ?? -1)]);
  expect(await site.listArchive()).toHaveLength(3);
});
