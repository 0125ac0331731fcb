import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SignedRelabelling } from '../../core/audit/Relabelling.ts';
import { type Machine, startMachine } from './machine.ts';
import { operatorToken } from './operatorOf.ts';
import { studyOf } from './study.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await startMachine({ timeScale: 0.001 });
}, 180_000);
afterAll(() => machine.stop());

test('what is relabelled has its new labels in XNAT; old and new receipt prove true; a withdrawal finds it there', {
  timeout: 120_000,
}, async () => {
  const { site } = machine;
  const id = await site.send(studyOf('to be relabelled', { series: 2, slices: 2 }));
  expect(await site.rested(id)).toMatchObject({ state: 'archived' });
  const standing = await site.send(studyOf('standing', { slices: 1 }));
  expect(await site.rested(standing)).toMatchObject({ state: 'archived' });
  const taken = (await site.api.getReceipt(standing)).receipt.sessions[0]?.session ?? '';
  const operator = await operatorToken(machine);
  const at = (name: string) => join(site.home, name);
  await mkdir(site.home, { recursive: true });
  await writeFile(at('key.txt'), (await site.api.describeService()).receiptKey);
  const verify = (...args: string[]) => site.cli(['verify', ...args, '--key', at('key.txt')]);

  expect(await site.cli(['relabel', id, '--session', 'NEW'])).toMatchObject({ code: 7 });
  expect(await site.cli(['relabel', id, '--session', 'Doe, John'], operator)).toMatchObject({ code: 2 });
  const refused = await site.cli(['relabel', id, '--session', taken], operator);
  expect(refused).toMatchObject({ code: 8 });
  expect(refused.err).toMatch(/^LabelTaken: .*nothing was changed: XNAT_E00002 has it/m);
  expect(refused.err.match(/Choose another label/g)).toHaveLength(1);

  const relabel = ['relabel', id, '--session', 'NEW_LABEL', '--subject', 'NEW_SUBJECT', '-o', at('addendum.json')];
  expect(await site.cli(relabel, operator)).toMatchObject({ code: 0 });
  const again = await site.cli(['relabel', id, '--session', 'NEW_LABEL'], operator);
  expect(again).toMatchObject({ code: 0 });
  expect(again.err).toContain('has these labels already');
  // what was relabelled before is not told once more
  expect(again.err.match(/^relabelling$/gm)).toHaveLength(1);

  expect(await site.cli(['receipt', id, '-o', at('receipt.json')])).toMatchObject({
    code: 0,
    err: expect.stringContaining('is NEW_SUBJECT/NEW_LABEL at'),
  });
  expect(await verify(at('receipt.json'), '--archive')).toMatchObject({ code: 0, lines: [] });
  const addendum = await verify(at('addendum.json'), '--previous', at('receipt.json'), '--archive');
  expect(addendum).toMatchObject({ code: 0, lines: [], err: expect.stringContaining('It is an addendum') });
  expect(await site.cli(['audit', 'verify', '--submission', id])).toMatchObject({ code: 0 });

  const signed = SignedRelabelling.parse(JSON.parse(await readFile(at('addendum.json'), 'utf8')));
  const forged = { ...signed, relabelling: { ...signed.relabelling, files: 9 } };
  await writeFile(at('forged.json'), JSON.stringify(forged));
  expect(await verify(at('forged.json'))).toMatchObject({ code: 9 });
  expect(await verify(at('receipt.json'), '--previous', at('addendum.json'))).toMatchObject({ code: 9 });

  const withdrawn = await site.cli(['withdraw', id, '-o', at('certificate.json')], operator);
  expect(withdrawn).toMatchObject({ code: 0 });
  expect(withdrawn.err).toContain('4 files are gone from XNAT');
  expect(await site.listArchive()).toHaveLength(1);
  expect(await verify(at('certificate.json'), '--archive')).toMatchObject({ code: 0 });
  expect(await verify(at('addendum.json'), '--archive')).toMatchObject({ code: 9 });
});
