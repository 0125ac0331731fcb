import { useEffect, useRef } from 'react';
import type { ServiceDescription } from '../../core/submission/contracts/api.ts';
import { stateWords } from '../../core/submission/contracts/stateWords.ts';
import type { SignedIn } from '../signIn/useSignIn.ts';
import { Icon } from './Icon.tsx';
import { LiveStatus } from './LiveStatus.tsx';
import { ProblemNotice } from './ProblemNotice.tsx';
import { ReceiptView } from './ReceiptView.tsx';
import { StateLabel } from './StateLabel.tsx';
import { StateReason } from './StateReason.tsx';
import { StatesPassed } from './StatesPassed.tsx';
import { useFollowed } from './useFollowed.ts';

interface Props {
  submission: string;
  service: ServiceDescription;
  signedIn: SignedIn;
  /** Paths of the files by number, when they were sent from this page. */
  paths: string[] | undefined;
  close: () => void;
}

/** One submission: the states it entered, and its receipt once it is archived. */
export function SubmissionPage({ submission, service, signedIn, paths, close }: Props) {
  const { view, states, problem, follow } = useFollowed({ token: signedIn.token, submission });
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  return (
    <section aria-labelledby="submission">
      <button type="button" className="quiet back" onClick={close}>
        <Icon name="back" /> All submissions
      </button>
      <h1 id="submission" ref={heading} tabIndex={-1}>
        {view === undefined ? 'Submission' : [view.project, view.subject, view.session].filter(Boolean).join(' / ')}
      </h1>
      <p className="note">
        Submission <code>{submission}</code>
      </p>
      <LiveStatus text={view === undefined ? '' : stateWords[view.state].label} />
      {problem !== undefined && (
        <ProblemNotice problem={problem} moment="following" retry={follow} signInAgain={signedIn.signInAgain} />
      )}
      {view !== undefined && (
        <>
          <p className="now">
            <StateLabel state={view.state} /> {stateWords[view.state].meaning}.
          </p>
          <StateReason view={view} />
          <StatesPassed states={states} current={view.state} />
        </>
      )}
      {view?.state === 'archived' && (
        <ReceiptView submission={submission} service={service} signedIn={signedIn} paths={paths} />
      )}
    </section>
  );
}
