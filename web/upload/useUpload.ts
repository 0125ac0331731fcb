import { useEffect, useReducer, useRef, useState } from 'react';
import type { CreateSubmissionBody } from '../../core/submission/contracts/api.ts';
import { isJunkFile } from '../../core/upload/isJunkFile.ts';
import { withoutRoot } from '../../core/upload/withoutRoot.ts';
import type { SignedIn } from '../signIn/useSignIn.ts';
import { nextFlow } from './uploadFlow.ts';
import type { ChosenFile, FromWorker, ToWorker } from './workerMessages.ts';

/** The upload of this page: its state, and what a person can do to it. */
export function useUpload({ token }: Pick<SignedIn, 'token'>) {
  const [flow, act] = useReducer(nextFlow, { step: 'choose' });
  const worker = useRef<Worker>(undefined);
  /** Each choice of files has a worker of its own: what an earlier one still does cannot reach the next. */
  const [choice, setChoice] = useState(1);
  const post = (message: ToWorker) => worker.current?.postMessage(message);

  useEffect(() => {
    if (choice < 1) return;
    const started = new Worker(new URL('./uploadWorker.ts', import.meta.url), { type: 'module' });
    worker.current = started;
    const giveToken = (held: string | undefined) => started.postMessage({ kind: 'token', token: held });
    started.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      act(data);
      if (data.kind === 'tokenWanted') token({ renew: data.renew }).then(giveToken, () => giveToken(undefined));
    });
    started.addEventListener('error', () => {
      act({ kind: 'failed', problem: { code: 'UnexpectedFault', detail: undefined } });
    });
    return () => started.terminate();
  }, [token, choice]);

  return {
    flow,
    choose: (taken: ChosenFile[]) => {
      const chosen = withoutRoot(taken);
      const files = chosen.filter(({ path }) => !isJunkFile(path));
      const leftOut = chosen.map(({ path }) => path).filter(isJunkFile);
      if (files.length === 0) {
        act({ kind: 'failed', problem: { code: 'NothingChosen', detail: undefined } });
        return;
      }
      const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
      act({ kind: 'chosen', leftOut, files: files.length, bytes });
      post({ kind: 'inspect', files });
    },
    arrange: (dicomOnly: boolean) => {
      // The choice shows at once; the counts follow when the worker has planned anew
      if (flow.step === 'found' && flow.plan) act({ kind: 'planned', plan: { ...flow.plan, dicomOnly } });
      post({ kind: 'plan', dicomOnly });
    },
    send: (target: CreateSubmissionBody | { resume: string }) => {
      act({ kind: 'sendAsked' });
      post({ kind: 'send', origin: location.origin, target });
    },
    pause: () => {
      act({ kind: 'pauseAsked' });
      post({ kind: 'pause' });
    },
    reset: () => {
      act({ kind: 'reset' });
      setChoice((number) => number + 1);
    },
  };
}
