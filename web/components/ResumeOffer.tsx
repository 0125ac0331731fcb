import type { SubmissionView } from '../../core/submission/contracts/api.ts';
import { stateWords } from '../../core/submission/contracts/stateWords.ts';
import { timeWords } from '../words/quantities.ts';

/** Exactly these files were announced before: their manifests have one digest. */
export function ResumeOffer({ submission, resume }: { submission: SubmissionView; resume: () => void }) {
  const { state, createdAt, project, subject, session } = submission;
  const place = [project, subject, session].filter(Boolean).join(' / ');
  if (state !== 'draft' && state !== 'uploading') {
    return (
      <p className="notice caution">
        Please check: you sent exactly these files on {timeWords(createdAt)} to {place}. That submission is in state “
        {stateWords[state].label}”.
      </p>
    );
  }
  return (
    <div className="notice">
      <p className="noticeTitle">You began to send exactly these files on {timeWords(createdAt)}</p>
      <p>They go to {place}. What has arrived already is not sent again.</p>
      <button type="button" className="primary" onClick={resume}>
        Continue sending
      </button>
    </div>
  );
}
