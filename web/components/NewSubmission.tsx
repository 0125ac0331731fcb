import { useEffect, useState } from 'react';
import type { CreateSubmissionBody, SubmissionView } from '../../core/submission/contracts/api.ts';
import type { SignedIn } from '../signIn/useSignIn.ts';
import type { UploadFlow } from '../upload/uploadFlow.ts';
import { useUpload } from '../upload/useUpload.ts';
import type { ChosenFile } from '../upload/workerMessages.ts';
import { bytesWords, counted, percentOf } from '../words/quantities.ts';
import { ChooseFiles } from './ChooseFiles.tsx';
import { FoundSummary } from './FoundSummary.tsx';
import { LiveStatus } from './LiveStatus.tsx';
import { ProblemNotice } from './ProblemNotice.tsx';
import { ReadingProgress } from './ReadingProgress.tsx';
import { ResumeOffer } from './ResumeOffer.tsx';
import { SendProgress } from './SendProgress.tsx';
import { StepSection } from './StepSection.tsx';
import { TargetForm } from './TargetForm.tsx';

interface Props {
  signedIn: SignedIn;
  earlier: SubmissionView[] | undefined;
  onCommitted: (submission: string, paths: string[]) => void;
}

type Target = CreateSubmissionBody | { resume: string };

/** Choose, look, send: the way of one submission up to staging. */
export function NewSubmission({ signedIn, earlier, onCommitted }: Props) {
  const { flow, choose, arrange, send, pause, reset } = useUpload(signedIn);
  const [target, setTarget] = useState<Target>();

  useEffect(() => {
    if (flow.step !== 'committed') return;
    onCommitted(flow.submission.id, flow.paths);
    reset();
  }, [flow, onCommitted, reset]);

  // A label belongs to the files it was entered for: the next patient must not get it
  const chooseAnew = (files: ChosenFile[]) => {
    setTarget(undefined);
    choose(files);
  };
  const sendTo = (next: Target) => {
    setTarget(next);
    send(next);
  };
  const asked = target !== undefined && 'project' in target ? target : undefined;
  const plan = flow.step === 'found' || flow.step === 'sending' ? flow.plan : undefined;
  const same = earlier?.find(({ manifest }) => manifest?.sha256 === plan?.manifestSha256 && plan !== undefined);

  return (
    <section aria-labelledby="new">
      <h1 id="new">Send scans to the archive</h1>
      <SafetyLine flow={flow} />
      <LiveStatus text={spokenStatus(flow)} />
      <ol className="steps">
        <StepSection number={1} title="Choose the files" place={placeOf(flow, 'choose')} outcome={chosenWords(flow)}>
          {flow.step === 'choose' && flow.problem !== undefined && (
            <ProblemNotice problem={flow.problem} moment="choosing" />
          )}
          {flow.step === 'choose' && <ChooseFiles choose={chooseAnew} />}
          {(flow.step === 'reading' || flow.step === 'found') && (
            <button type="button" className="quiet" onClick={reset}>
              Choose others
            </button>
          )}
        </StepSection>
        <StepSection number={2} title="Look at what was found" place={placeOf(flow, 'found')}>
          {flow.step === 'reading' && <ReadingProgress progress={flow.progress} />}
          {flow.step === 'found' && (
            <>
              <FoundSummary summary={flow.summary} leftOut={flow.leftOut} plan={flow.plan} arrange={arrange} />
              {flow.problem !== undefined && (
                <ProblemNotice problem={flow.problem} moment="choosing" signInAgain={signedIn.signInAgain} />
              )}
              {same !== undefined && <ResumeOffer submission={same} resume={() => sendTo({ resume: same.id })} />}
              {flow.plan !== undefined && !isOpen(same) && (
                <TargetForm
                  summary={flow.summary}
                  plan={flow.plan}
                  initial={asked ?? { project: earlier?.[0]?.project }}
                  send={sendTo}
                />
              )}
            </>
          )}
        </StepSection>
        <StepSection number={3} title="Send" place={placeOf(flow, 'sending')}>
          {flow.step === 'sending' && target !== undefined && (
            <SendProgress
              flow={flow}
              pause={pause}
              resume={() => send(flow.sent.submission === undefined ? target : { resume: flow.sent.submission })}
              cancel={reset}
              signInAgain={signedIn.signInAgain}
            />
          )}
        </StepSection>
        <StepSection number={4} title="Receive your receipt" place="ahead" />
      </ol>
    </section>
  );
}

const isOpen = (submission: SubmissionView | undefined) =>
  submission?.state === 'draft' || submission?.state === 'uploading';

function SafetyLine({ flow }: { flow: UploadFlow }) {
  const hasBegun = flow.step === 'sending' || flow.step === 'committed';
  return (
    <p className="safety">
      {hasBegun
        ? 'Your files go to staging. Nothing is in the archive yet.'
        : 'Nothing has left this computer. Files are read here, and sent only when you press Send.'}
    </p>
  );
}

function placeOf(flow: UploadFlow, step: 'choose' | 'found' | 'sending'): 'done' | 'current' | 'ahead' {
  const order = ['choose', 'found', 'sending', 'committed'];
  const at = order.indexOf(flow.step === 'reading' ? 'found' : flow.step);
  const own = order.indexOf(step);
  if (own === at) return 'current';
  return own < at ? 'done' : 'ahead';
}

function chosenWords(flow: UploadFlow): string | undefined {
  if (flow.step === 'reading') return counted(flow.progress.ofFiles, 'file');
  if (flow.step === 'found' || flow.step === 'sending') {
    return `${counted(flow.summary.files, 'file')}, ${bytesWords(flow.summary.bytes)}`;
  }
  return undefined;
}

/** Told at each quarter, not at each part: a listener must be able to think. */
function spokenStatus(flow: UploadFlow): string {
  switch (flow.step) {
    case 'reading':
      return 'Reading the files on this computer';
    case 'found':
      return `${counted(flow.summary.files, 'file')} found: ${counted(flow.summary.patients, 'patient')}, ${counted(flow.summary.studies, 'study', 'studies')}`;
    case 'sending': {
      if (flow.status !== 'running') return `Sending is ${flow.status}`;
      const quarter = Math.floor(percentOf(flow.sent.bytes, flow.sent.ofBytes) / 25) * 25;
      return `Sending to staging: ${quarter} percent`;
    }
    default:
      return '';
  }
}
