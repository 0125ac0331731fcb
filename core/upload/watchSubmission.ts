import { limits } from '../policy/limits.ts';
import type { SubmissionView } from '../submission/contracts/api.ts';
import type { SubmissionState } from '../submission/contracts/states.ts';
import type { Clock } from '../submission/ports.ts';
import type { ApiClient } from './apiClient.ts';

/** A state that was entered; `code` says why for held, rejected and failed. */
export interface EnteredState {
  state: SubmissionState;
  /** ISO 8601. */
  at: string;
  code: string | undefined;
}

const waitsForNobody: readonly SubmissionState[] = ['archived', 'held', 'rejected', 'failed', 'withdrawn', 'expired'];

/**
 * Yields each state as it is entered, those passed between two looks included, and returns the submission once it
 * rests: archived, ended, or waiting for a person. Looks are a second apart at first, then slowly fewer: a person
 * waits at most a fifth longer than the work takes.
 * @throws ApiProblem
 */
export async function* watchSubmission(
  { api, clock }: { api: Pick<ApiClient, 'getSubmission' | 'listEvents'>; clock: Pick<Clock, 'sleep'> },
  submission: string,
): AsyncGenerator<EnteredState, SubmissionView, undefined> {
  let told = 0;
  let seen = '';
  for (let waitSeconds = 1; ; waitSeconds = Math.min(waitSeconds * 1.2, limits.clientPollSeconds)) {
    const view = await api.getSubmission(submission);
    if (view.updatedAt !== seen) {
      const { events } = await api.listEvents(submission);
      for (const { to, from, at, code } of events.slice(told)) {
        if (to !== from) yield { state: to, at, code };
      }
      told = events.length;
      seen = view.updatedAt;
      waitSeconds = 1;
    }
    if (waitsForNobody.includes(view.state)) return view;
    await clock.sleep(waitSeconds * 1000);
  }
}
