import * as z from 'zod';
import { keepRunning } from '../../core/submission/attempts/keepRunning.ts';
import { visitInTurn } from '../../core/submission/attempts/visitInTurn.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Submission } from '../../core/submission/contracts/Submission.ts';
import { isInFlight, SubmissionState } from '../../core/submission/contracts/states.ts';
import { Nothing } from '../../core/submission/contracts/steps.ts';
import type { Ports } from '../../core/submission/ports.ts';
import { stepHandler } from '../runtime/stepHandler.ts';

type ReconcilePorts = Pick<Ports, 'ledger' | 'registers' | 'clock' | 'executions'>;

/**
 * Runs every few minutes and after a start: every submission in flight gets back the execution that a lost event or a
 * crash took from it; of very many, some a run. Two of them at once do no harm. One submission that cannot be helped does not keep it from the
 * next; its fault is thrown at the end.
 */
export const reconcileSubmissions = (ports: ReconcilePorts) => async () => {
  const faults: unknown[] = [];
  const visit = async ({ id }: Submission) => {
    // The list may lag behind; what is decided is decided by the ledger's newest word
    const submission = await ports.ledger.get(id);
    if (submission === undefined) return;
    await keepRunning(ports, submission).catch((error: unknown) => {
      if (!isOvertaken(error)) faults.push(error);
    });
  };
  for (const state of SubmissionState.options.filter(isInFlight)) {
    await visitInTurn(ports, { name: 'reconcile', state, visit });
  }
  if (faults.length > 0) throw faults[0];
  return {};
};

/** Another reconciler, or the execution itself, was first: the next run will see what became of it. */
const isOvertaken = (error: unknown) => DomainError.is(error) && error.name === 'LedgerConflict';

export const handler = stepHandler({ input: z.unknown(), output: Nothing }, reconcileSubmissions);
