import * as z from 'zod';
import { appendEvent } from '../../core/audit/appendEvent.ts';
import { limits } from '../../core/policy/limits.ts';
import { pipeline } from '../../core/submission/attempts/advance.ts';
import { visitInTurn } from '../../core/submission/attempts/visitInTurn.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Submission } from '../../core/submission/contracts/Submission.ts';
import { Nothing } from '../../core/submission/contracts/steps.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { removeUploads } from '../../core/submission/storage/removeUploads.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type SweepPorts = Pick<Ports, 'ledger' | 'registers' | 'clock' | 'staging' | 'uploads'>;

/**
 * Runs every hour: what was announced and never committed expires, and what was sent of it is removed. For a day it
 * looks again, there and after withdrawals, rejections and seals, for what came late by an address that was signed
 * before. One submission that cannot be helped does not keep it from the next; its fault is thrown at the end.
 */
export const sweepUploads = (ports: SweepPorts) => async () => {
  const { ledger, clock } = ports;
  const daysAgo = (days: number) => new Date(Date.parse(clock.now()) - days * 86_400_000).toISOString();
  const [abandoned, lately] = [daysAgo(limits.draftDays), daysAgo(1)];
  const faults: unknown[] = [];
  const sweep = (state: Submission['state'], due: { after?: string; before?: string }, act: Sweep) =>
    visitInTurn(ports, {
      ...{ name: 'sweep', state, ...due },
      async visit({ id }) {
        // the list may lag behind, so that what it says is due is looked at
        const submission = await ledger.get(id);
        const { after = '', before = '~' } = due;
        const isDue = submission?.state === state && submission.updatedAt >= after && submission.updatedAt < before;
        if (isDue) await act(ports, submission).catch((error: unknown) => faults.push(error));
      },
    });
  const expireUnlessOpened: Sweep = async (_, submission) => {
    const objects = await ledger.listObjects(submission.id);
    // announcing is one event, sending may take weeks
    if (objects.some(({ openedAt = '' }) => openedAt >= abandoned)) return;
    await expire(ports, submission);
  };
  for (const state of ['draft', 'uploading'] as const) await sweep(state, { before: abandoned }, expireUnlessOpened);
  for (const state of ['expired', 'withdrawn', 'rejected', 'archived'] as const)
    await sweep(state, { after: lately }, removeUploads);
  if (faults.length > 0) throw faults[0];
  return {};
};

type Sweep = (ports: SweepPorts, submission: Submission) => Promise<unknown>;

/** First the state, so that nothing more is signed; then what is there. */
async function expire(ports: SweepPorts, submission: Submission): Promise<void> {
  const event = { type: 'submission.expired', to: 'expired', actor: pipeline, at: ports.clock.now() } as const;
  // nobody has looked whether the labels that were asked for name a person
  const change = appendEvent(submission, event, { subject: undefined, session: undefined });
  await ports.ledger.commit(change).catch((error: unknown) => {
    // its site has come back in this very moment
    if (!DomainError.is(error) || error.name !== 'LedgerConflict') throw error;
  });
  const current = await ports.ledger.get(submission.id);
  if (current?.state === 'expired') await removeUploads(ports, submission);
}

export const handler = stepHandler({ input: z.unknown(), output: Nothing }, sweepUploads);
