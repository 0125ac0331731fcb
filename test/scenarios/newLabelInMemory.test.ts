import { expect, test } from 'vitest';
import { beginAttempt } from '../../core/submission/attempts/beginAttempt.ts';
import { confirmArchive } from '../../lambdas/steps/confirmArchive.ts';
import { recordFailure } from '../../lambdas/steps/recordFailure.ts';
import { sealReceipt } from '../../lambdas/steps/sealReceipt.ts';
import { memoryExecutions } from '../fakes/memoryExecutions.ts';
import { memoryPorts } from '../fixtures/memoryPorts.ts';
import { deliver, pushAll, readyAgain, readyToPush, slice } from '../fixtures/runDelivery.ts';
import { demoPolicy } from '../fixtures/submissions.ts';

test('a new label that was taken before it was used gives way to another; what is delivered stays where it is', async () => {
  const ports = memoryPorts(demoPolicy);
  const labels = () => [...ports.archive.sessions.keys()];
  const other = { ...slice(1, { seed: 'other' }), path: 'other' };
  const both = [other, slice(1)];
  await deliver(ports, await readyToPush(ports, { files: both }));
  const standing = labels();
  const late = await readyToPush(ports, { number: 2, files: both, onConflict: 'new-label' });
  // another one chose the same label for the second of the two studies, and is faster
  await deliver(ports, await readyToPush(ports, { number: 3, files: [other], onConflict: 'new-label' }));
  const [taken = ''] = labels().filter((label) => !standing.includes(label));
  await expect(pushAll(ports, late)).rejects.toMatchObject({ name: 'LabelTaken' });
  const delivered = labels().filter((label) => !standing.includes(label) && label !== taken);
  expect(delivered).toHaveLength(1);

  await recordFailure(ports)({ ...late, failure: { Error: 'LabelTaken' } });
  const failed = await ports.ledger.get(late.submission);
  if (failed === undefined) throw new Error('There is no submission');
  const actor = { kind: 'user', id: 'operator' } as const;
  const { attempt } = await beginAttempt({ ...ports, executions: memoryExecutions() }, failed, {
    actor,
    to: 'validating',
  });
  const again = { ...late, attempt };
  await readyAgain(ports, again);
  await pushAll(ports, again);
  await confirmArchive(ports)(again);
  await sealReceipt(ports)(again);
  expect((await ports.ledger.get(late.submission))?.state).toBe('archived');
  const base = taken.replace(/-2$/, '');
  expect(new Set(labels())).toEqual(new Set([...standing, taken, ...delivered, `${base}-3`]));
});
