import { useEffect, useRef } from 'react';
import type { SignedIn } from '../signIn/useSignIn.ts';
import type { PlainProblem } from '../words/plainProblem.ts';
import { type Moment, problemWords } from '../words/problemWords.ts';

interface Props {
  problem: PlainProblem;
  moment: Moment;
  retry?: () => void;
  signInAgain?: SignedIn['signInAgain'];
}

/** What happened, what it means for the data, what to do, and the code. It takes the focus: it is read out once. */
export function ProblemNotice({ problem, moment, retry, signInAgain }: Props) {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (problem.code !== '') notice.current?.focus();
  }, [problem]);
  const needsSignIn = problem.code === 'Unauthenticated' && signInAgain !== undefined;
  const { happened, data, action } = problemWords(problem.code, moment);
  return (
    <div className="notice problem" role="alert" tabIndex={-1} ref={notice}>
      <p className="noticeTitle">{happened}</p>
      <p>{data}</p>
      <p>{action}</p>
      {problem.detail !== undefined && <p className="detail">{problem.detail}</p>}
      <p className="detail">
        Code <code>{problem.code}</code>
      </p>
      {needsSignIn && (
        <button type="button" onClick={() => void signInAgain().then(retry)}>
          Sign in again
        </button>
      )}
      {!needsSignIn && retry !== undefined && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
