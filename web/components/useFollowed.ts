import { useCallback, useState } from 'react';
import type { SubmissionView } from '../../core/submission/contracts/api.ts';
import { type EnteredState, watchSubmission } from '../../core/upload/watchSubmission.ts';
import { openService } from '../openService.ts';
import type { SignedIn } from '../signIn/useSignIn.ts';
import { clockFromWeb } from '../upload/clockFromWeb.ts';
import { useWork } from '../useWork.ts';

/** A submission as it goes through its states, until it rests. */
export function useFollowed({ token, submission }: Pick<SignedIn, 'token'> & { submission: string }) {
  const [view, setView] = useState<SubmissionView>();
  const [states, setStates] = useState<EnteredState[]>([]);

  const watch = useCallback(
    async (signal: AbortSignal) => {
      const api = openService({ token, signal });
      setView(await api.getSubmission(submission));
      setStates([]);
      const watched = watchSubmission({ api, clock: clockFromWeb(signal) }, submission);
      let next = await watched.next();
      for (; !next.done && !signal.aborted; next = await watched.next()) {
        const entered = next.value;
        setStates((before) => [...before, entered]);
        setView((before) => before && { ...before, state: entered.state });
      }
      if (next.done) setView(next.value);
    },
    [token, submission],
  );

  const { problem, again } = useWork(watch);
  return { view, states, problem, follow: again };
}
