import { useCallback, useEffect, useState } from 'react';
import type { ServiceDescription } from '../../core/submission/api.ts';
import { type PlainProblem, plainProblem } from '../words/plainProblem.ts';
import { beginSignIn } from './beginSignIn.ts';
import { completeSignIn, isReturning, renewSession } from './completeSignIn.ts';
import { heldSession, type Session } from './heldSession.ts';

export interface SignedIn {
  /** The access token; with `renew` another than the last. @throws when the issuer gives none */
  token: (options: { renew: boolean }) => Promise<string | undefined>;
}

/** The code in the address is good for one exchange, however often the page renders. */
let returning: Promise<Session> | undefined;

export function useSignIn(service: ServiceDescription) {
  const [session, setSession] = useState(heldSession.read);
  const [problem, setProblem] = useState<PlainProblem>();
  const [isBusy, setBusy] = useState(isReturning);

  useEffect(() => {
    if (returning === undefined && isReturning()) returning = completeSignIn(service);
    returning?.then(setSession, (error: unknown) => setProblem(signInProblem(error))).finally(() => setBusy(false));
  }, [service]);

  const token = useCallback<SignedIn['token']>(
    async ({ renew }) => {
      const held = heldSession.read();
      if (!renew || held === undefined) return held?.accessToken;
      return (await renewSession(service, held))?.accessToken;
    },
    [service],
  );

  return {
    isSignedIn: session !== undefined,
    isBusy,
    problem,
    token,
    signIn: () => {
      setProblem(undefined);
      setBusy(true);
      beginSignIn(service).catch((error: unknown) => {
        setBusy(false);
        setProblem(signInProblem(error));
      });
    },
    signOut: () => {
      heldSession.forget();
      setSession(undefined);
    },
  };
}

/** Whatever the issuer refused, the person can only try again; the detail says no more than the library's own words. */
function signInProblem(error: unknown): PlainProblem {
  const { code } = plainProblem(error);
  return code === 'UnexpectedFault' ? { code: 'SignInFailed', detail: undefined } : { code, detail: undefined };
}
