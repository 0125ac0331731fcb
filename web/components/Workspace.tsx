import { useCallback, useState } from 'react';
import type { ServiceDescription } from '../../core/submission/contracts/api.ts';
import type { SignedIn } from '../signIn/useSignIn.ts';
import { useAddress } from '../useAddress.ts';
import { EarlierSubmissions } from './EarlierSubmissions.tsx';
import { NewSubmission } from './NewSubmission.tsx';
import { SubmissionPage } from './SubmissionPage.tsx';
import { useSubmissions } from './useSubmissions.ts';

interface Props {
  service: ServiceDescription;
  signedIn: SignedIn;
}

/** One submission when the address names it; else a new one and the list. The new one stays alive behind the other. */
export function Workspace({ service, signedIn }: Props) {
  const { opened, open } = useAddress();
  const submissions = useSubmissions(signedIn);
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
        <NewSubmission signedIn={signedIn} earlier={submissions.items} onCommitted={follow} />
        <EarlierSubmissions submissions={submissions} open={open} signInAgain={signedIn.signInAgain} />
      </div>
      {opened !== undefined && (
        <SubmissionPage
          key={opened}
          submission={opened}
          service={service}
          signedIn={signedIn}
          paths={localPaths.get(opened)}
          close={() => {
            open(undefined);
            reload();
            document.getElementById('main')?.focus();
          }}
        />
      )}
    </>
  );
}
