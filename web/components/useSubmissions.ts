import { useCallback, useMemo, useState } from 'react';
import type { SubmissionView } from '../../core/submission/contracts/api.ts';
import { openService } from '../openService.ts';
import type { SignedIn } from '../signIn/useSignIn.ts';
import { useWork } from '../useWork.ts';
import { type PlainProblem, plainProblem } from '../words/plainProblem.ts';

export type Submissions = ReturnType<typeof useSubmissions>;

/** The site's submissions, newest first, a page at a time. */
export function useSubmissions({ token }: Pick<SignedIn, 'token'>) {
  const api = useMemo(() => openService({ token }), [token]);
  const [items, setItems] = useState<SubmissionView[]>();
  const [cursor, setCursor] = useState<string>();
  const [problemOfMore, setProblemOfMore] = useState<PlainProblem>();

  const loadFirst = useCallback(async () => {
    const page = await api.listSubmissions();
    setItems(page.items);
    setCursor(page.cursor);
    setProblemOfMore(undefined);
  }, [api]);
  const { problem, again } = useWork(loadFirst);

  const loadMore = async (after: string) => {
    const page = await api.listSubmissions({ cursor: after });
    setItems((known = []) => [...known, ...page.items]);
    setCursor(page.cursor);
  };

  return {
    items,
    problem: problem ?? problemOfMore,
    reload: again,
    more:
      cursor === undefined
        ? undefined
        : () => {
            loadMore(cursor).catch((error: unknown) => setProblemOfMore(plainProblem(error)));
          },
  };
}
