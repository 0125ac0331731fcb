import { beforeAll, describe, expect, test } from 'vitest';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { verifyChain } from '../../core/audit/verifyChain.ts';
import { pixelDigest } from '../../core/dicom/pixelDigest.ts';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { auditKeys, cleanKeys, quarantineKeys, stagingKeys } from '../../core/submission/contracts/keys.ts';
import { readDocument } from '../../core/submission/storage/documents.ts';
import { corpusIsPresent, readCorpus } from '../fixtures/corpus.ts';
import { codecs, memoryPorts } from '../fixtures/memoryPorts.ts';
import { type LocalFile, readAll, runPipeline, stage } from '../fixtures/runPipeline.ts';
import { demoPolicy } from '../fixtures/submissions.ts';

async function* once(bytes: Uint8Array) {
  yield bytes;
}

async function archive(files: readonly LocalFile[], policy: ProjectPolicy) {
  const ports = memoryPorts(policy);
  const input = await stage(ports, files);
  await runPipeline(ports, input);
  const submission = await ports.ledger.get(input.submission);
  const { receipt } = await readDocument(ports.audit, auditKeys.receipt(input.submission), SignedReceipt);
  return { ports, submission, receipt };
}

describe.runIf(corpusIsPresent)('every step, in order, on real files', () => {
  let corpus: LocalFile[] = [];
  beforeAll(() => {
    corpus = readCorpus();
  });

  test('archives, holds or refuses each file by a code, and none stops the others', async () => {
    const { submission, receipt, ports } = await archive(corpus, demoPolicy);
    expect(submission?.state).toBe('archived');
    expect(receipt.files.map(({ file }) => file)).toEqual(corpus.map((_, index) => index));
    expect(receipt.files.filter(({ outcome, code }) => outcome !== 'archived' && code === undefined)).toEqual([]);
    expect(receipt.totals.archived).toBeGreaterThan(0);
    for (const { file, outcome } of receipt.files) {
      if (outcome !== 'held') continue;
      const kept = await readAll(ports.quarantine, quarantineKeys.file(receipt.submission, file));
      expect(kept.length).toBe(corpus[file]?.bytes.length);
    }
  });

  test('leaves nothing in staging and a chain that verifies', async () => {
    const { ports, receipt } = await archive(corpus.slice(0, 20), demoPolicy);
    const left = [];
    for await (const key of ports.staging.list(stagingKeys.all(receipt.submission))) left.push(key);
    for await (const key of ports.clean.list(cleanKeys.all(receipt.submission))) left.push(key);
    expect(left).toEqual([]);
    const events = await ports.ledger.events(receipt.submission);
    expect(() => verifyChain(events)).not.toThrow();
    expect(events.map(({ to }) => to).at(-1)).toBe('archived');
  });

  test('brings every readable image back from the archive with equal pixel bytes', async () => {
    const open = ProjectPolicy.parse({ ...demoPolicy, findings: { BurnedInRisk: 'accept' } });
    let returned = 0;
    // one submission cannot hold two files of one SOP instance UID, so each file goes alone
    for (const file of corpus) {
      const before = await pixelDigest(once(file.bytes), codecs).catch(() => undefined);
      if (before === undefined) continue;
      const ports = memoryPorts(open);
      await runPipeline(ports, await stage(ports, [file]));
      const stored = [...ports.archive.sessions.values()].flatMap(({ scans }) =>
        [...scans.values()].flatMap(({ files }) => [...files.values()]),
      );
      if (stored.length === 0) continue;
      expect(await pixelDigest(once(stored[0] ?? new Uint8Array()), codecs)).toBe(before);
      returned += 1;
    }
    expect(returned).toBeGreaterThanOrEqual(150);
  });
});
