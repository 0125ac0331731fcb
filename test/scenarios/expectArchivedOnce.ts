import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect } from 'vitest';
import { verifyChain } from '../../core/audit/verifyChain.ts';
import { auditKeys } from '../../core/submission/contracts/keys.ts';
import type { Site } from './site.ts';

interface Expected {
  site: Site;
  submission: string;
  /** Where the site has its files. */
  folder: string;
  /** How many of them are in XNAT. */
  archived: number;
}

/**
 * A submission is archived: one receipt, proven by the command line against the local folder and against XNAT; one
 * copy of each file in XNAT; a whole chain in which nothing happened twice. Answers receipt and events.
 */
export async function expectArchivedOnce({ site, submission, folder, archived }: Expected) {
  const view = await site.rested(submission);
  expect(view).toMatchObject({ state: 'archived', outcome: { archived } });
  const copy = join(site.home, `${submission}.json`);
  expect(await site.cli(['receipt', submission, '-o', copy])).toMatchObject({ code: 0 });
  const verified = await site.cli(['verify', copy, '--local', folder, '--archive']);
  expect(verified).toMatchObject({ code: 0, lines: [] });
  expect(await site.cli(['audit', 'verify', '--submission', submission])).toMatchObject({ code: 0 });

  const { receipt } = await site.api.getReceipt(submission);
  const stored = await site.listArchive();
  const sessions = new Set(receipt.sessions.map(({ session }) => session));
  const own = stored.filter(({ session }) => sessions.has(session));
  const named = receipt.files.flatMap(({ archived: file }) => (file === undefined ? [] : [file]));
  expect(own.map(({ uri }) => uri).sort()).toEqual(named.map(({ uri }) => uri).sort());
  for (const { uri, sizeBytes, sha256 } of named) {
    const bytes = await site.readArchived(uri);
    expect([bytes.length, createHash('sha256').update(bytes).digest('hex')]).toEqual([sizeBytes, sha256]);
  }
  for (const { uri } of receipt.sessions) {
    const beside = await site.readArchived(`${uri}/resources/AIRLOCK/files/${submission}.json`);
    expect(JSON.parse(Buffer.from(beside).toString()).receipt).toEqual(receipt);
  }
  const { events } = await site.api.listEvents(submission);
  verifyChain(events);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  for (const type of ['submission.created', 'submission.committed', 'files.pushed', 'receipt.sealed']) {
    expect(events.filter((event) => event.type === type)).toHaveLength(1);
  }
  return { view, receipt, events };
}

/** What the audit bucket may hold of one submission. */
export const oneReceipt = (keys: string[], submission: string) =>
  expect(keys.filter((key) => key.includes(submission))).toEqual([auditKeys.receipt(submission)]);
