import { describe, expect, test } from 'vitest';
import { appendEvent } from '../../core/audit/appendEvent.ts';
import { SignedReceipt } from '../../core/audit/Receipt.ts';
import { profileName } from '../../core/deid/rules/profileName.ts';
import { synthesizeCtSlice } from '../../core/dicom/synthesizeCt.ts';
import { ProjectPolicy } from '../../core/policy/ProjectPolicy.ts';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { auditKeys, workKeys } from '../../core/submission/contracts/keys.ts';
import { BatchItem, type StepInput } from '../../core/submission/contracts/steps.ts';
import { readDocument, readLines } from '../../core/submission/storage/documents.ts';
import { anonymizeBatch } from '../../lambdas/steps/anonymizeBatch.ts';
import { checkIntegrity } from '../../lambdas/steps/checkIntegrity.ts';
import { planSubmission } from '../../lambdas/steps/planSubmission.ts';
import { reviewFindings } from '../../lambdas/steps/reviewFindings.ts';
import { sealReceipt } from '../../lambdas/steps/sealReceipt.ts';
import { validateBatch } from '../../lambdas/steps/validateBatch.ts';
import { memoryExecutions } from '../fakes/memoryExecutions.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { deliverChecked, stage } from '../fixtures/runPipeline.ts';
import { demoPolicy } from '../fixtures/submissions.ts';

type MemoryPorts = ReturnType<typeof memoryPorts>;

const retaining = ProjectPolicy.parse({ ...demoPolicy, deid: { dates: 'retain' } });
const removing = ProjectPolicy.parse({ ...demoPolicy, deid: { dates: 'remove' } });
const files = [1, 2].map((instance) => ({
  path: `${instance}`,
  bytes: synthesizeCtSlice({ seed: 'policy', series: 1, instance, rows: 16, columns: 16 }),
}));

const eachBatch = async (ports: MemoryPorts, input: StepInput, step: typeof validateBatch | typeof anonymizeBatch) => {
  for (const item of await readLines(ports.work, workKeys.batches(input.submission), BatchItem))
    await step(ports)({ ...input, item });
};
const steps = {
  Plan: (ports: MemoryPorts, input: StepInput) => planSubmission(ports)(input),
  Validate: (ports: MemoryPorts, input: StepInput) => eachBatch(ports, input, validateBatch),
  Review: (ports: MemoryPorts, input: StepInput) => reviewFindings(ports)(input),
  Anonymize: (ports: MemoryPorts, input: StepInput) => eachBatch(ports, input, anonymizeBatch),
  CheckIntegrity: (ports: MemoryPorts, input: StepInput) => checkIntegrity(ports)(input),
};
const names = ['Plan', 'Validate', 'Review', 'Anonymize', 'CheckIntegrity'] as const;

/** A submission up to a step, and what steps are given from then on under another policy. */
async function broughtTo(last: (typeof names)[number], next: ProjectPolicy) {
  const ports = memoryPorts(retaining);
  const input = await stage(ports, files);
  for (const name of names.slice(0, names.indexOf(last) + 1)) await steps[name](ports, input);
  return { input, ports: { ...ports, policies: { get: () => next } } };
}

describe('a policy that changes while a submission is on its way', () => {
  test.each([
    { last: 'Plan', step: 'Validate' },
    { last: 'Validate', step: 'Review' },
    { last: 'Review', step: 'Anonymize' },
    { last: 'Anonymize', step: 'CheckIntegrity' },
  ] as const)('stops $step: one submission is worked on under one policy', async ({ last, step }) => {
    const { input, ports } = await broughtTo(last, removing);
    await expect(steps[step](ports, input)).rejects.toMatchObject({ name: 'PolicyChanged' });
  });

  test('is not in the receipt: it names what was applied', async () => {
    const { input, ports } = await broughtTo('CheckIntegrity', removing);
    await deliverChecked(ports, input);
    const { receipt } = await readDocument(ports.audit, auditKeys.receipt(input.submission), SignedReceipt);
    expect(receipt.policy.profile).toBe(profileName(retaining));
    const planned = (await ports.ledger.events(input.submission)).find(({ type }) => type === 'submission.planned');
    expect(planned?.digests?.policy).toBe(receipt.policy.sha256);
  });

  test.each([
    { why: 'by another route', change: { delivery: { ...retaining.delivery, route: 'prearchive' as const } } },
    { why: 'into another project of XNAT', change: { xnatProject: 'OTHER' } },
  ])('does not send what is on its way $why: that is decided at Plan', async ({ change }) => {
    const { input, ports } = await broughtTo('CheckIntegrity', { ...retaining, ...change });
    await deliverChecked(ports, input);
    const submission = await ports.ledger.get(input.submission);
    const destination = { xnatProject: 'DEMO', route: 'archive' };
    expect(submission).toMatchObject({ state: 'archived', destination });
    expect([...ports.archive.sessions.keys()]).toEqual([expect.stringMatching(/^DEMO\//)]);
    // and a later receipt of the session follows this one
    const [id = ''] = [...ports.archive.sessions.values()].map((session) => session.id);
    expect((await ports.registers.read(`receipt/data/experiments/${id}`)).version).toBe(1);
  });

  test('lets a submission that begins anew go as the policy says by then', async () => {
    const { input, ports } = await broughtTo('Plan', { ...retaining, xnatProject: 'OTHER' });
    const submission = await ports.ledger.get(input.submission);
    if (submission === undefined) throw new Error('There is no submission');
    const failed = { type: 'attempt.failed', to: 'failed', actor: { kind: 'system', id: 'pipeline' } } as const;
    const change = appendEvent(submission, { ...failed, at: ports.clock.now() });
    await ports.ledger.commit(change);
    const anew = { actor: failed.actor, to: 'submitted' } as const;
    const { attempt } = await beginAttempt({ ...ports, executions: memoryExecutions() }, change.next, anew);
    await planSubmission(ports)({ ...input, attempt });
    expect((await ports.ledger.get(input.submission))?.destination).toEqual({ xnatProject: 'OTHER', route: 'archive' });
  });

  test('does not matter where it says only who sends, and when XNAT is written to', async () => {
    const { delivery } = retaining;
    const next = { ...retaining, sites: ['demo', 'other'], delivery: { ...delivery, onConflict: ['append' as const] } };
    const { input, ports } = await broughtTo('Plan', next);
    for (const name of names.slice(1)) await steps[name](ports, input);
    await deliverChecked(ports, input);
    await expect(sealReceipt(ports)(input)).resolves.toEqual({});
  });
});
