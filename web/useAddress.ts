import { useCallback, useEffect, useState } from 'react';
import { SubmissionId } from '../core/submission/contracts/Submission.ts';

/** The submission that the fragment of the address names. */
function openedNow(): string | undefined {
  return SubmissionId.safeParse(location.hash.replace(/^#\/submissions\//, '')).data;
}

/** Which submission is open. It stands in the address, so that Back and reload work. */
export function useAddress() {
  const [opened, setOpened] = useState(openedNow);
  useEffect(() => {
    const follow = () => setOpened(openedNow());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const open = useCallback((submission: string | undefined) => {
    location.hash = submission === undefined ? '' : `#/submissions/${submission}`;
  }, []);
  return { opened, open };
}
