import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SignedCertificate } from '../../core/audit/DeletionCertificate.ts';
import { type Machine, startMachine } from './machine.ts';
import { operatorToken } from './operatorOf.ts';
import { studyOf } from './study.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await startMachine({ timeScale: 0.001 });
}, 180_000);
afterAll(() => machine.stop());

async function archived(name: string) {
  const files = studyOf(name, { series: 2, slices: 2 });
  const submission = await machine.site.send(files);
  expect(await machine.site.rested(submission)).toMatchObject({ state: 'archived' });
  return submission;
}

test('what is withdrawn is gone from XNAT and storage, and a certificate proves it offline', {
  timeout: 120_000,
}, async () => {
  const { site } = machine;
  const [taken, kept] = [await archived('taken back'), await archived('kept')];
  const before = await site.listArchive();
  expect(before).toHaveLength(8);

  // the machine's own client may send, not withdraw
  expect(await site.cli(['withdraw', taken])).toMatchObject({ code: 7 });
  const certificate = join(site.home, 'certificate.json');
  const key = join(site.home, 'key.txt');
  const operator = await operatorToken(machine);
  const withdrawn = await site.cli(['withdraw', taken, '--reason', 'consent', '-o', certificate], operator);
  expect(withdrawn).toMatchObject({ code: 0 });
  expect(withdrawn.err).toContain('4 files are gone from XNAT');

  const { receipt } = await site.api.getReceipt(kept);
  const left = receipt.files.map(({ archived: file }) => file?.uri).sort();
  expect((await site.listArchive()).map(({ uri }) => uri).sort()).toEqual(left);
  for (const role of ['STAGING', 'CLEAN', 'QUARANTINE', 'WORK']) {
    const own = (await machine.versions(role)).filter((name) => name.startsWith(`${taken}/`));
    expect(own).toEqual([]);
  }
  expect(await site.api.getSubmission(taken)).toMatchObject({ state: 'withdrawn', reason: 'consent' });
  await writeFile(key, (await site.api.describeService()).receiptKey);
  expect(await site.cli(['verify', certificate, '--key', key, '--archive'])).toMatchObject({ code: 0, lines: [] });
  expect(await site.cli(['audit', 'verify', '--submission', taken])).toMatchObject({ code: 0 });
  // nothing that a person waits for
  expect(await site.cli(['receipt', taken])).toMatchObject({ code: 8 });
  // as often as it is asked for
  expect(await site.cli(['withdraw', taken], operator)).toMatchObject({ code: 0 });

  const signed = SignedCertificate.parse(JSON.parse(await readFile(certificate, 'utf8')));
  await writeFile(certificate, JSON.stringify({ ...signed, certificate: { ...signed.certificate, objects: 7 } }));
  expect(await site.cli(['verify', certificate, '--key', key])).toMatchObject({ code: 9 });
});
