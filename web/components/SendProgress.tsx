import type { SignedIn } from '../signIn/useSignIn.ts';
import type { UploadFlow } from '../upload/uploadFlow.ts';
import { bytesWords, counted, numberWords, percentOf } from '../words/quantities.ts';
import { ProblemNotice } from './ProblemNotice.tsx';

interface Props {
  flow: Extract<UploadFlow, { step: 'sending' }>;
  pause: () => void;
  resume: () => void;
  cancel: () => void;
  signInAgain: SignedIn['signInAgain'];
}

const statusWords = {
  running: 'Sending to staging',
  pausing: 'Pausing…',
  paused: 'Paused',
  stopped: 'Stopped',
};

export function SendProgress({ flow: { status, sent, problem }, pause, resume, cancel, signInAgain }: Props) {
  return (
    <>
      <div className="progress">
        <progress aria-label="Sending to staging" value={sent.bytes} max={Math.max(1, sent.ofBytes)} />
        <p>
          <strong>{statusWords[status]}:</strong> {numberWords(sent.files)} of {counted(sent.ofFiles, 'file')} safe in
          staging; {bytesWords(sent.bytes)} of {bytesWords(sent.ofBytes)} sent ({percentOf(sent.bytes, sent.ofBytes)} %)
          {sent.skippedBytes > 0 && `, of which ${bytesWords(sent.skippedBytes)} had arrived before`}
        </p>
      </div>
      {problem !== undefined && (
        <ProblemNotice problem={problem} moment="sending" retry={resume} signInAgain={signInAgain} />
      )}
      <div className="choices">
        {status === 'paused' && (
          <button type="button" className="primary" onClick={resume}>
            Continue sending
          </button>
        )}
        {(status === 'running' || status === 'pausing') && (
          <button type="button" onClick={pause} disabled={status === 'pausing'}>
            Pause
          </button>
        )}
        <button type="button" className="quiet" onClick={cancel}>
          Cancel
        </button>
      </div>
      <p className="note">
        You may close this page: come back on any computer, choose the same folder, and sending continues. Staging is
        not the archive; a submission that is never completed is deleted there.
      </p>
    </>
  );
}
