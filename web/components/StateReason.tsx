import type { SubmissionView } from '../../core/submission/api.ts';
import type { SubmissionState } from '../../core/submission/states.ts';
import { reasonWords } from '../words/problemWords.ts';

const dataWords: Partial<Record<SubmissionState, string>> = {
  held: 'Your files wait; none of them is in the archive.',
  rejected: 'None of your files is in the archive.',
  failed: 'Your files are kept; those in charge can let it go on where it stopped.',
};

/** Why a submission does not go on by itself. */
export function StateReason({ view: { state, reason } }: { view: Pick<SubmissionView, 'state' | 'reason'> }) {
  const data = dataWords[state];
  if (data === undefined || reason === undefined) return undefined;
  const { meaning, action } = reasonWords(reason);
  return (
    <div className={state === 'held' ? 'notice caution' : 'notice problem'}>
      <p className="noticeTitle">{meaning}.</p>
      <p>{data}</p>
      <p>
        {action === undefined ? 'Ask those in charge of the project' : action}. Tell them the submission and the code.
      </p>
      <p className="detail">
        Code <code>{reason}</code>
      </p>
    </div>
  );
}
