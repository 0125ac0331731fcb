import { useCallback, useState } from 'react';
import type { SignedReceipt } from '../../core/audit/Receipt.ts';
import { openService } from '../openService.ts';
import type { SignedIn } from '../signIn/useSignIn.ts';
import { useWork } from '../useWork.ts';

export function useReceipt({ token, submission }: Pick<SignedIn, 'token'> & { submission: string }) {
  const [signed, setSigned] = useState<SignedReceipt>();
  const fetchReceipt = useCallback(
    async (signal: AbortSignal) => setSigned(await openService({ token, signal }).getReceipt(submission)),
    [token, submission],
  );
  const { problem, again } = useWork(fetchReceipt);
  return { signed, problem, reload: again };
}
