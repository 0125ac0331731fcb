import { useCallback, useState } from 'react';
import type { ServiceDescription } from '../core/submission/contracts/api.ts';
import { Page } from './components/Page.tsx';
import { ProblemNotice } from './components/ProblemNotice.tsx';
import { openService } from './openService.ts';
import { SignedInPortal } from './SignedInPortal.tsx';
import { useWork } from './useWork.ts';

/** The portal's one page: first it asks the service where people sign in. */
export function Portal() {
  const [service, setService] = useState<ServiceDescription>();
  const describe = useCallback(
    async (signal: AbortSignal) => setService(await openService({ signal }).describeService()),
    [],
  );
  const { problem, again } = useWork(describe);

  if (service !== undefined) return <SignedInPortal service={service} />;
  return (
    <Page>
      {problem === undefined ? (
        <p role="status">Opening…</p>
      ) : (
        <ProblemNotice problem={problem} moment="signIn" retry={again} />
      )}
    </Page>
  );
}
