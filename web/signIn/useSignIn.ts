import { useCallback, useEffect, useState } from 'react';
import type { ServiceDescription } from '../../core/submission/contracts/api.ts';
import { type PlainProblem, plainProblem } from '../words/plainProblem.ts';
import { beginSignIn } from './beginSignIn.ts';
import { completeSignIn, isReturning, renewSession } from './completeSignIn.ts';
import { endSignIn } from './endSignIn.ts';
import { heldSession, type Session } from './heldSession.ts';
import { isSignInWindow, signInByWindow } from './signInWindow.ts';

export interface SignedIn {
  /** The access token; with `renew` another than the last. @throws when the issuer gives none */
  token: (options: { renew: boolean }) => Promise<string | undefined>;
  /** Signs in again without leaving the page; does not settle while the person does not. */
  signInAgain: () => Promise<void>;
}

/** The code in the address is good for one exchange, however often the page renders. */
let returning: Promise<Session> | undefined;

export function useSignIn(service: ServiceDescription) {
  const [session, setSession] = useState(sessionAtStart);
  const [problem, setProblem] = useState<PlainProblem>();
  const [isBusy, setBusy] = useState(isReturning() || isSignInWindow());

  const signIn = useCallback(() => {
    setProblem(undefined);
    setBusy(true);
    beginSignIn(service).catch((error: unknown) => {
      setBusy(false);
      setProblem(signInProblem(error));
    });
  }, [service]);

  useEffect(() => {
    if (isSignInWindow()) return signIn();
    if (returning === undefined && isReturning()) returning = completeSignIn(service);
    returning?.then(setSession, (error: unknown) => setProblem(signInProblem(error))).finally(() => setBusy(false));
  }, [service, signIn]);

  const token = useCallback<SignedIn['token']>(
    async ({ renew }) => {
      const held = heldSession.read();
      if (!renew || held === undefined) return held?.accessToken;
      return (await renewSession(service, held))?.accessToken;
    },
    [service],
  );
  const signInAgain = useCallback(async () => {
    const renewed = await signInByWindow();
    // Without a window the page itself must leave; the same folder chosen again goes on with the upload
    if (renewed === undefined) return signIn();
    heldSession.keep(renewed);
    setSession(renewed);
  }, [signIn]);

  return {
    isSignedIn: session !== undefined,
    isBusy,
    problem,
    token,
    signIn,
    signInAgain,
    signOut: () => {
      setSession(undefined);
      endSignIn(service).catch((error: unknown) => setProblem(signInProblem(error)));
    },
  };
}

/** A page that comes from the issuer, or goes there, has none yet; a new window holds a copy of its opener's storage. */
const sessionAtStart = () => (isReturning() || isSignInWindow() ? undefined : heldSession.read());

/** Whatever the issuer refused, the person can only try again; the detail says no more than the library's own words. */
function signInProblem(error: unknown): PlainProblem {
  const { code } = plainProblem(error);
  return code === 'UnexpectedFault' ? { code: 'SignInFailed', detail: undefined } : { code, detail: undefined };
}
