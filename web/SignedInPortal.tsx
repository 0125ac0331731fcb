import type { ServiceDescription } from '../core/submission/contracts/api.ts';
import { Page } from './components/Page.tsx';
import { SignInPanel } from './components/SignInPanel.tsx';
import { Workspace } from './components/Workspace.tsx';
import { useSignIn } from './signIn/useSignIn.ts';

/** Everything behind the sign-in, or the way to it. */
export function SignedInPortal({ service }: { service: ServiceDescription }) {
  const { isSignedIn, isBusy, problem, token, signIn, signInAgain, signOut } = useSignIn(service);
  if (!isSignedIn) {
    return (
      <Page>
        <SignInPanel isBusy={isBusy} problem={problem} signIn={signIn} />
      </Page>
    );
  }
  return (
    <Page signOut={signOut}>
      <Workspace service={service} signedIn={{ token, signInAgain }} />
    </Page>
  );
}
