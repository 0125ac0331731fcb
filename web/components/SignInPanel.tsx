import type { PlainProblem } from '../words/plainProblem.ts';
import { ProblemNotice } from './ProblemNotice.tsx';

interface Props {
  isBusy: boolean;
  problem: PlainProblem | undefined;
  signIn: () => void;
}

export function SignInPanel({ isBusy, problem, signIn }: Props) {
  return (
    <section className="welcome">
      <h1>Send scans to the research archive</h1>
      <p>
        Choose a folder, look at what was found, and send it. Every file is checked and de-identified before anything
        enters the archive, and you get a signed receipt for what was archived.
      </p>
      {problem !== undefined && <ProblemNotice problem={problem} moment="signIn" />}
      <button type="button" className="primary" onClick={signIn} disabled={isBusy}>
        {isBusy ? 'Signing in…' : 'Sign in'}
      </button>
      <p className="note">
        You sign in at your institution and come back here. Nothing leaves this computer until you send it.
      </p>
    </section>
  );
}
