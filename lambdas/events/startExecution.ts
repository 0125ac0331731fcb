import * as z from 'zod';
import { keepRunning } from '../../core/submission/attempts/keepRunning.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { submissionOfCommitKey } from '../../core/submission/contracts/keys.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { queueHandler } from '../runtime/queueHandler.ts';

/** EventBridge's `Object Created`. */
export const ObjectCreated = z.object({ detail: z.object({ object: z.object({ key: z.string() }) }) });

/**
 * Starts the first attempt of a submission when its commit object appears. The event may come twice, late or out of
 * order: it only points at the ledger, which says what is to do.
 */
export const startExecution =
  (ports: Pick<Ports, 'ledger' | 'clock' | 'executions'>) =>
  async ({ detail }: z.infer<typeof ObjectCreated>): Promise<void> => {
    const id = submissionOfCommitKey(detail.object.key);
    if (id === undefined) return;
    const submission = await ports.ledger.get(id);
    if (submission === undefined) {
      throw new DomainError('SubmissionNotFound', `Cannot start ${id}: the ledger does not hold it`);
    }
    await keepRunning(ports, submission);
  };

export const handler = queueHandler(ObjectCreated, startExecution);
