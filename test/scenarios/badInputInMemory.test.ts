import { describe, expect, test } from 'vitest';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { verifyChain } from '../../core/audit/verifyChain.ts';
import { synthesizeCtSlice } from '../../core/dicom/synthesizeCt.ts';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import type { Rectangle } from '../../core/policy/Rectangle.ts';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { auditKeys, cleanKeys, stagingKeys, workKeys } from '../../core/submission/contracts/keys.ts';
import { type CleanEvidence, Evidence } from '../../core/submission/contracts/steps.ts';
import { readDocument, readLines, writeLines } from '../../core/submission/storage/documents.ts';
import { anonymizeBatch } from '../../lambdas/steps/anonymizeBatch.ts';
import { checkIntegrity } from '../../lambdas/steps/checkIntegrity.ts';
import { confirmArchive } from '../../lambdas/steps/confirmArchive.ts';
import { planSubmission } from '../../lambdas/steps/planSubmission.ts';
import { pushScan } from '../../lambdas/steps/pushScan.ts';
import { recordFailure } from '../../lambdas/steps/recordFailure.ts';
import { reviewFindings } from '../../lambdas/steps/reviewFindings.ts';
import { sealReceipt } from '../../lambdas/steps/sealReceipt.ts';
import { validateBatch } from '../../lambdas/steps/validateBatch.ts';
import { memoryExecutions } from '../fakes/memoryExecutions.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { archiveAccepted, type LocalFile, runPipeline, stage } from '../fixtures/runPipeline.ts';
import { demoPolicy, digest } from '../fixtures/submissions.ts';

const slice = (instance: number, series = 1): LocalFile => ({
  path: `Doe^Jane/${series}/${instance}.dcm`,
  bytes: synthesizeCtSlice({ seed: 'scenario', series, instance, rows: 16, columns: 16 }),
});
const twoSlices = () => [slice(1), slice(2)];
const refusal = (name: string) => expect.objectContaining({ name });

async function staged(files = twoSlices(), policy = demoPolicy) {
  const ports = memoryPorts(policy);
  return { ports, input: await stage(ports, files) };
}

async function receiptOf({ ports, input }: Awaited<ReturnType<typeof staged>>) {
  return (await readDocument(ports.audit, auditKeys.receipt(input.submission), SignedReceipt)).receipt;
}

/** A policy that blacks out parts of the slices. */
const blackOut = (rectangles: Rectangle[]) =>
  ProjectPolicy.parse({
    ...demoPolicy,
    deid: { cleanPixels: [{ modality: 'CT', rows: 16, columns: 16, rectangles }] },
  });

const items = { item: { batch: 'b00001' } };

/** Runs the steps before Anonymize, Check or Push, so that a test can spoil what they left. */
async function runTo(step: 'Anonymize' | 'CheckIntegrity' | 'Push' | 'Confirm', policy = demoPolicy) {
  const run = await staged(twoSlices(), policy);
  const { ports, input } = run;
  await planSubmission(ports)(input);
  await validateBatch(ports)({ ...input, ...items });
  await reviewFindings(ports)(input);
  if (step === 'Anonymize') return run;
  await anonymizeBatch(ports)({ ...input, ...items });
  if (step === 'CheckIntegrity') return run;
  await checkIntegrity(ports)(input);
  if (step === 'Push') return run;
  await pushScan(ports)({ ...input, item: { delivery: 'd0001' } });
  return run;
}

describe('bad input in one file is a finding', () => {
  test.each([
    {
      bad: { ...slice(3), sha256: digest('0') },
      code: 'ArrivalDigestMismatch',
      why: 'its bytes differ from the manifest',
    },
    { bad: { path: 'x.dcm', bytes: new Uint8Array(500) }, code: 'NotDicom', why: 'it is no DICOM' },
    { bad: { path: 'x.dcm', bytes: slice(3).bytes.subarray(0, -9) }, code: 'DicomTruncated', why: 'it ends early' },
  ])('$code when $why, and the others are archived', async ({ bad, code }) => {
    const run = await staged([...twoSlices(), bad]);
    await runPipeline(run.ports, run.input);
    const { totals, files } = await receiptOf(run);
    expect(totals).toMatchObject({ announced: 3, archived: 2, refused: 1 });
    expect(files[2]).toMatchObject({ outcome: 'refused', code });
  });

  test('a file that the pack lacks is refused', async () => {
    const run = await staged();
    // the pack of another submission, with one slice, stands where two were announced
    const other = await staged([slice(1)]);
    const key = stagingKeys.object(run.input.submission, 'pack-000001');
    const stored = await run.ports.staging.writeStream(key, other.ports.staging.read(key));
    await run.ports.ledger.closeObject(run.input.submission, {
      ...{ object: 'pack-000001', uploadId: 'u' },
      stored: {
        versionId: stored.versionId,
        sizeBytes: stored.sizeBytes,
        parts: 1,
        checksumSha256: stored.checksumSha256 ?? '',
      },
    });
    await runPipeline(run.ports, run.input);
    expect((await receiptOf(run)).files[1]).toMatchObject({ outcome: 'refused', code: 'PackEntryMissing' });
  });

  test('pixels that the policy blacks out are archived so, and the receipt says where', async () => {
    const rectangles = [{ left: 1, top: 2, width: 3, height: 4 }];
    const run = await staged(twoSlices(), blackOut(rectangles));
    await runPipeline(run.ports, run.input);
    const { files, policy } = await receiptOf(run);
    expect(policy.profile).toContain('113101 Clean Pixel Data Option');
    for (const file of files) expect(file.archived?.blanked).toEqual({ frames: 1, rectangles });
  });

  test('the policy of the project says whether the rest goes on', async () => {
    const policy = ProjectPolicy.parse({ ...demoPolicy, onRefusedFile: 'reject' });
    const { ports, input } = await staged([slice(1), { path: 'x', bytes: new Uint8Array(9) }], policy);
    await runPipeline(ports, input);
    expect(await ports.ledger.get(input.submission)).toMatchObject({
      state: 'rejected',
      reason: 'FilesRefused NotDicom',
    });
    // nobody needs patient data of what has ended
    expect(await Array.fromAsync(ports.staging.list(''))).toEqual([]);
    expect(ports.archive.sessions.size).toBe(0);
  });
});

describe('what does not agree stops the submission with a code', () => {
  test('a manifest that changed after it was announced', async () => {
    const { ports, input } = await staged();
    await ports.staging.write(stagingKeys.manifest(input.submission), new TextEncoder().encode('{}\n'));
    await expect(planSubmission(ports)(input)).rejects.toThrow(refusal('ManifestInvalid'));
  });

  test('an object that was written again after its upload', async () => {
    const { ports, input } = await staged();
    const key = stagingKeys.object(input.submission, 'pack-000001');
    await ports.staging.write(key, new Uint8Array(100));
    await expect(planSubmission(ports)(input)).rejects.toThrow(refusal('ManifestMismatch'));
  });

  test('an object that nobody announced', async () => {
    const { ports, input } = await staged();
    await ports.ledger.openObject(input.submission, { object: 'pack-000002', uploadId: 'u' });
    await expect(planSubmission(ports)(input)).rejects.toThrow(refusal('ManifestMismatch'));
  });

  test('a clean pack that S3 holds otherwise than it was written', async () => {
    const { ports, input } = await runTo('CheckIntegrity');
    for await (const key of ports.clean.list(cleanKeys.all(input.submission)))
      await ports.clean.write(key, new Uint8Array(10));
    await expect(checkIntegrity(ports)(input)).rejects.toThrow(refusal('IntegrityMismatch'));
  });

  test.each([
    {
      alter: (line: Evidence): Evidence => ({ ...line, file: 7 }),
      code: 'BatchIncomplete',
      why: 'a file has no evidence',
    },
    {
      alter: (line: Evidence): Evidence => (line.outcome === 'clean' ? { ...line, pixelSha256: digest('0') } : line),
      code: 'IntegrityMismatch',
      why: 'pixels changed',
    },
    {
      alter: (line: Evidence): Evidence => (line.outcome === 'clean' ? { ...line, arrivalSha256: digest('0') } : line),
      code: 'IntegrityMismatch',
      why: 'two readings of one file differ',
    },
  ])('evidence of which $why is $code', async ({ alter, code }) => {
    const { ports, input } = await runTo('CheckIntegrity');
    const key = workKeys.evidence(input.submission, 'b00001');
    const [first, ...others] = await readLines(ports.work, key, Evidence);
    if (first) await writeLines(ports.work, key, [alter(first), ...others]);
    await expect(checkIntegrity(ports)(input)).rejects.toThrow(refusal(code));
  });

  const blanked = { frames: 1, rectangles: [{ left: 0, top: 0, width: 4, height: 1 }] };
  const wider = { ...blanked, rectangles: [{ left: 0, top: 0, width: 5, height: 1 }] };
  test.each<{ change: Partial<CleanEvidence>; why: string }>([
    { change: { blanked: undefined }, why: 'pixels changed and nothing says where' },
    { change: { blanked: { ...blanked, frames: 2 } }, why: 'more frames are blacked out than were to be' },
    { change: { blanked: wider }, why: 'another rectangle is blacked out than was to be' },
    { change: { pixelSha256: digest('0') }, why: 'pixels changed outside of the rectangles' },
  ])('evidence of blacked out pixels in which $why is IntegrityMismatch', async ({ change }) => {
    const { ports, input } = await runTo('CheckIntegrity', blackOut(blanked.rectangles));
    const key = workKeys.evidence(input.submission, 'b00001');
    const [first, ...others] = await readLines(ports.work, key, Evidence);
    expect(first).toMatchObject({ blanked });
    if (first?.outcome === 'clean') await writeLines(ports.work, key, [{ ...first, ...change }, ...others]);
    await expect(checkIntegrity(ports)(input)).rejects.toThrow(refusal('IntegrityMismatch'));
  });

  test('rectangles where none were to be are IntegrityMismatch', async () => {
    const { ports, input } = await runTo('CheckIntegrity');
    const key = workKeys.evidence(input.submission, 'b00001');
    const [first, ...others] = await readLines(ports.work, key, Evidence);
    if (first?.outcome === 'clean') await writeLines(ports.work, key, [{ ...first, blanked }, ...others]);
    await expect(checkIntegrity(ports)(input)).rejects.toThrow(refusal('IntegrityMismatch'));
  });

  test('a batch that left nothing', async () => {
    const { ports, input } = await runTo('CheckIntegrity');
    await ports.work.removeAll(workKeys.evidence(input.submission, 'b00001'));
    await expect(checkIntegrity(ports)(input)).rejects.toThrow(refusal('BatchIncomplete'));
  });

  test('a file in XNAT that is not ours is neither replaced nor joined', async () => {
    const { ports, input } = await runTo('Confirm');
    for (const { scans } of ports.archive.sessions.values()) {
      for (const { files } of scans.values()) files.set('foreign.dcm', new Uint8Array(3));
    }
    await expect(pushScan(ports)({ ...input, item: { delivery: 'd0001' } })).rejects.toThrow(refusal('ScanTaken'));
    expect(await confirmArchive(ports)(input)).toEqual({ decision: 'hold' });
  });

  test.each([
    { spoil: (files: Map<string, Uint8Array>, name: string) => files.delete(name), why: 'is missing' },
    { spoil: (files: Map<string, Uint8Array>, name: string) => files.set(name, new Uint8Array(9)), why: 'differs' },
  ])(
    'a file that $why in XNAT, and goes on doing so when it is sent again, is not called archived',
    async ({ spoil }) => {
      const { ports, input } = await runTo('Confirm');
      ports.archive.putPack = async () => undefined;
      for (const { scans } of ports.archive.sessions.values()) {
        for (const { files } of scans.values()) for (const name of [...files.keys()].slice(0, 1)) spoil(files, name);
      }
      expect(await confirmArchive(ports)(input)).toEqual({ decision: 'hold' });
      const reason = expect.stringMatching(/^ArchiveFile(Missing|Altered)$/);
      expect(await ports.ledger.get(input.submission)).toMatchObject({ state: 'held', reason });
    },
  );

  test('an attempt that a newer one has replaced does nothing', async () => {
    const { ports, input } = await staged();
    await expect(planSubmission(ports)({ ...input, attempt: 2 })).rejects.toThrow(refusal('StateConflict'));
    expect(await recordFailure(ports)({ ...input, attempt: 2, failure: { Error: 'X' } })).toEqual({});
    expect((await ports.ledger.get(input.submission))?.state).toBe('submitted');
  });
});

describe('every step is safe to run twice', () => {
  test('each step doubled leaves one archive, one receipt and one chain', async () => {
    const { ports, input } = await staged([slice(1), slice(2), slice(1, 2)]);
    const twice = async (run: () => Promise<unknown>) => {
      await run();
      await run();
    };
    await twice(() => planSubmission(ports)(input));
    await twice(() => validateBatch(ports)({ ...input, ...items }));
    await twice(() => reviewFindings(ports)(input));
    await twice(() => anonymizeBatch(ports)({ ...input, ...items }));
    await twice(() => checkIntegrity(ports)(input));
    for (const delivery of ['d0001', 'd0002']) await twice(() => pushScan(ports)({ ...input, item: { delivery } }));
    await twice(() => confirmArchive(ports)(input));
    await sealReceipt(ports)(input);
    const receipt = await receiptOf({ ports, input });
    await sealReceipt(ports)(input);
    expect(await receiptOf({ ports, input })).toEqual(receipt);
    expect(receipt.totals.archived).toBe(3);
    const types = (await ports.ledger.events(input.submission)).map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
  });

  test('a failed submission goes on where it stopped', async () => {
    const { ports, input } = await runTo('Anonymize');
    await recordFailure(ports)({ ...input, failure: { Error: 'Sandbox.Timedout' } });
    expect(await ports.ledger.get(input.submission)).toMatchObject({
      state: 'failed',
      reason: 'UnexpectedFault',
      interruptedIn: 'anonymizing',
    });
  });

  test('a held submission keeps everything, and a release archives what was accepted', async () => {
    const policy = ProjectPolicy.parse({ ...demoPolicy, onRefusedFile: 'hold' });
    const run = await staged([...twoSlices(), { path: 'x', bytes: new Uint8Array(9) }], policy);
    const { ports, input } = run;
    await runPipeline(ports, input);
    const held = await ports.ledger.get(input.submission);
    expect(held).toMatchObject({ state: 'held', reason: 'FilesRefused NotDicom' });
    expect(await ports.staging.head(stagingKeys.object(input.submission, 'pack-000001'))).toBeDefined();
    expect(ports.archive.sessions.size).toBe(0);

    const executions = memoryExecutions();
    const actor = { kind: 'user', id: 'operator-1' } as const;
    if (held) await beginAttempt({ ...ports, executions }, held, { actor, to: 'anonymizing' });
    expect(executions.started()).toEqual([{ submission: input.submission, attempt: 2, resumeFrom: 'Anonymize' }]);
    await archiveAccepted(ports, { ...input, attempt: 2 });
    expect((await receiptOf(run)).totals).toMatchObject({ archived: 2, refused: 1 });
    verifyChain(await ports.ledger.events(input.submission));
  });
});
