import { limits } from '../policy/limits.ts';
import type { Clock } from '../submission/ports.ts';
import { ApiProblem } from './ApiProblem.ts';

export type Retry = <T>(attempt: () => Promise<T>) => Promise<T>;

interface RetryOptions {
  clock: Pick<Clock, 'sleep'>;
  /** Uniform in [0, 1). */
  random: () => number;
  signal?: AbortSignal | undefined;
  /** Tries while no answer has ever come: the address may be wrong, or nothing runs there. As many as later if absent. */
  attemptsUnanswered?: number;
  onRetry?: (retry: { code: string; attempt: number; waitMilliseconds: number }) => void;
}

const firstWaitMilliseconds = 500;

/**
 * Repeats a request that failed for a passing reason, after a random wait that grows (full jitter) and is never
 * shorter than Retry-After asks. What was given up once is not tried again by an outer call of the same function.
 */
export function retrying({ clock, random, signal, attemptsUnanswered, onRetry }: RetryOptions): Retry {
  const givenUp = new WeakSet<ApiProblem>();
  let hasAnswered = false;
  const attemptsOf = (problem: ApiProblem) => (hasAnswered ? undefined : attemptsUnanswered) ?? attemptsFor(problem);

  return async (attempt) => {
    for (let attempts = 1; ; attempts += 1) {
      signal?.throwIfAborted();
      const outcome = await attempt().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      hasAnswered ||= isAnswer(outcome);
      if ('value' in outcome) return outcome.value;
      const { error } = outcome;
      if (!(error instanceof ApiProblem) || !error.retryable || givenUp.has(error)) throw error;
      if (attempts >= attemptsOf(error)) {
        givenUp.add(error);
        throw error;
      }
      const waitMilliseconds = waitAfter(error, attempts, random());
      onRetry?.({ code: error.code, attempt: attempts, waitMilliseconds });
      await clock.sleep(waitMilliseconds);
    }
  };
}

/** A refusal is one too. */
const isAnswer = (outcome: { value: unknown } | { error: unknown }) =>
  'value' in outcome || (outcome.error instanceof ApiProblem && outcome.error.status > 0);

/** A refusal seldom passes: bytes harmed on their way, or an address that expired. */
const attemptsFor = ({ status }: ApiProblem) =>
  status >= 400 && status < 500 && status !== 429 && status !== 408
    ? limits.clientAttemptsRefused
    : limits.clientAttempts;

function waitAfter({ retryAfterSeconds = 0 }: ApiProblem, attempts: number, random: number): number {
  const most = Math.min(limits.clientBackoffSeconds * 1000, firstWaitMilliseconds * 2 ** (attempts - 1));
  return Math.round(Math.max(retryAfterSeconds * 1000, most * random));
}
