import * as z from 'zod';
import { DomainError } from '../codes/DomainError.ts';

/** The states of a submission, in the order of the normal path. "Success" is said of `archived` alone. */
export const SubmissionState = z.enum([
  'draft',
  'uploading',
  'submitted',
  'validating',
  'held',
  'anonymizing',
  'checking',
  'pushing',
  'confirming',
  'archived',
  'rejected',
  'failed',
  'relabelling',
  'withdrawing',
  'withdrawn',
  'expired',
]);
export type SubmissionState = z.infer<typeof SubmissionState>;

/** The workflow states that an attempt can start from: the value of `resumeFrom`. */
export const WorkflowStep = z.enum([
  'Plan',
  'Validate',
  'Review',
  'Anonymize',
  'CheckIntegrity',
  'Push',
  'Confirm',
  'Seal',
  'Relabel',
  'Withdraw',
]);
export type WorkflowStep = z.infer<typeof WorkflowStep>;

const running = ['validating', 'anonymizing', 'checking', 'pushing', 'confirming'] as const;

/** From each state, the states that may follow. A resumed attempt goes on from failed or held, or begins anew. */
const followers: Record<SubmissionState, readonly SubmissionState[]> = {
  draft: ['uploading', 'withdrawing', 'expired'],
  uploading: ['submitted', 'withdrawing', 'expired'],
  submitted: ['validating', 'failed'],
  validating: ['anonymizing', 'held', 'rejected', 'failed'],
  anonymizing: ['checking', 'failed'],
  checking: ['pushing', 'held', 'failed'],
  pushing: ['confirming', 'failed', 'withdrawing'],
  confirming: ['archived', 'held', 'failed', 'withdrawing'],
  held: ['submitted', ...running, 'rejected', 'withdrawing'],
  failed: ['submitted', ...running, 'relabelling', 'withdrawing'],
  archived: ['relabelling', 'withdrawing'],
  rejected: ['withdrawing'],
  relabelling: ['archived', 'failed', 'withdrawing'],
  withdrawing: ['withdrawn', 'failed'],
  withdrawn: [],
  expired: [],
};

/** @throws DomainError StateConflict when `to` may not follow `from` */
export function requireTransition(from: SubmissionState, to: SubmissionState): void {
  if (followers[from].includes(to)) return;
  throw new DomainError('StateConflict', `Cannot change the submission to ${to}: it is ${from}`);
}

const path: readonly SubmissionState[] = ['draft', 'uploading', 'submitted', ...running, 'archived'];

/** True when `state` is `wanted` or lies behind it on the normal path: a step that runs twice has nothing to add. */
export function hasReached(state: SubmissionState, wanted: SubmissionState): boolean {
  return state === wanted || (path.includes(wanted) && path.indexOf(state) > path.indexOf(wanted));
}

/** States in which an execution must be running, or the reconciler starts the next attempt. */
export function isInFlight(state: SubmissionState): boolean {
  return [...running, 'submitted', 'relabelling', 'withdrawing'].some((each) => each === state);
}

/** States that nothing changes any more but a person: by other labels, or by a withdrawal. */
export function isFinal(state: SubmissionState): boolean {
  return followers[state].every((next) => next === 'relabelling' || next === 'withdrawing');
}

/** The first step whose output is not there, told by the state that was reached. */
export function stepToResume(state: SubmissionState): WorkflowStep {
  switch (state) {
    case 'validating':
      return 'Validate';
    case 'anonymizing':
      return 'Anonymize';
    case 'checking':
      return 'CheckIntegrity';
    case 'pushing':
      return 'Push';
    case 'confirming':
      return 'Confirm';
    case 'relabelling':
      return 'Relabel';
    case 'withdrawing':
      return 'Withdraw';
    default:
      return 'Plan';
  }
}
