import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findingCatalogue } from '../../core/submission/codes/findingCatalogue.ts';
import { quarantineKeys, stagingKeys } from '../../core/submission/contracts/keys.ts';
import { corpusFolder, hasCorpus } from '../fixtures/corpusFiles.ts';
import { expectArchivedOnce } from './expectArchivedOnce.ts';
import { type Machine, startMachine } from './machine.ts';

if (!hasCorpus) console.log('notice: ../shared/corpus is absent, so real files are not sent through one machine');

describe.runIf(hasCorpus)('a folder of real files, broken ones among them', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await startMachine();
  }, 180_000);
  afterAll(() => machine?.stop());

  test('is archived as far as it can be, each other file has its code, and the site can prove all of it', {
    timeout: 300_000,
  }, async () => {
    const { site } = machine;
    const sent = await site.cli(['upload', corpusFolder, '--project', 'DEMO', '--wait', '--json']);
    const summary = sent.events.at(-1);
    expect(summary).toMatchObject({ type: 'summary', state: 'archived' });
    // partial: some files were not accepted
    expect(sent.code).toBe(4);
    const submission = String(summary?.submission);
    const { totals, files } = (await site.api.getReceipt(submission)).receipt;
    await expectArchivedOnce({ site, submission, folder: corpusFolder, archived: totals.archived });
    expect(files.map(({ file }) => file)).toEqual(files.map((_, index) => index));
    expect(totals.archived + totals.held + totals.refused + totals.duplicate).toBe(totals.announced);
    expect(Math.min(totals.archived, totals.held, totals.refused)).toBeGreaterThan(20);
    // what a person must look at is kept as it came, the rest of what the site sent is gone
    const kept = files
      .filter(({ outcome }) => outcome === 'held')
      .map(({ file }) => quarantineKeys.file(submission, file));
    expect((await machine.versions('QUARANTINE')).sort()).toEqual(kept.sort());
    expect(await machine.versions('STAGING')).toEqual([stagingKeys.commit(submission)]);
    const codes = Object.keys(findingCatalogue);
    expect(files.filter(({ outcome, code }) => outcome !== 'archived' && !codes.includes(code ?? ''))).toEqual([]);
  });
});
