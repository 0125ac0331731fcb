import { useCallback, useState } from 'react';
import type { ServiceDescription } from '../../core/submission/api.ts';
import type { SignedIn } from '../signIn/useSignIn.ts';
import { useAddress } from '../useAddress.ts';
import { EarlierSubmissions } from './EarlierSubmissions.tsx';
import { NewSubmission } from './NewSubmission.tsx';
import { SubmissionPage } from './SubmissionPage.tsx';
import { useSubmissions } from './useSubmissions.ts';

interface Props extends SignedIn {
  service: ServiceDescription;
  signIn: () => void;
}

/** One submission when the address names it; else a new one and the list. The new one stays alive behind the other. */
export function Workspace({ service, token, signIn }: Props) {
  const { opened, open } = useAddress();
  const submissions = useSubmissions({ token });
  const [localPaths, setLocalPaths] = useState<ReadonlyMap<string, string[]>>(new Map());
  const { reload } = submissions;

  const follow = useCallback(
    (submission: string, paths: string[]) => {
      setLocalPaths((known) => new Map(known).set(submission, paths));
      open(submission);
      reload();
    },
    [open, reload],
  );

  return (
    <>
      <div hidden={opened !== undefined}>
        <NewSubmission token={token} signIn={signIn} earlier={submissions.items} onCommitted={follow} />
        <EarlierSubmissions submissions={submissions} open={open} signIn={signIn} />
      </div>
      {opened !== undefined && (
        <SubmissionPage
          key={opened}
          submission={opened}
          service={service}
          token={token}
          signIn={signIn}
          paths={localPaths.get(opened)}
          close={() => {
            open(undefined);
            reload();
          }}
        />
      )}
    </>
  );
}
