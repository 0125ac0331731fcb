import type { SubmissionView } from '../../core/submission/contracts/api.ts';
import type { SubmissionState } from '../../core/submission/contracts/states.ts';
import { reasonWords } from '../words/problemWords.ts';
import { counted, numberWords } from '../words/quantities.ts';

const dataWords: Partial<Record<SubmissionState, string>> = {
  held: 'Your files wait; none of them counts as archived.',
  rejected: 'None of your files is in the archive.',
  failed: 'Your files are kept; those in charge can let it go on where it stopped.',
};

/** Why a submission does not go on by itself, or did not arrive as a whole. */
export function StateReason({ view }: { view: SubmissionView }) {
  const { state, reason } = view;
  if (state === 'archived') return <PartArchived view={view} />;
  const data = dataWords[state];
  if (data === undefined || reason === undefined) return undefined;
  const reasons = reason.split(' ').map((code) => ({ code, ...reasonWords(code) }));
  return (
    <div className={state === 'held' ? 'notice caution' : 'notice problem'}>
      {reasons.map(({ code, meaning, action }, index) => (
        <p key={code} className={index === 0 ? 'noticeTitle' : undefined}>
          {meaning}.{action !== undefined && ` ${action}.`}
        </p>
      ))}
      <p>{data}</p>
      <p>Those in charge of the project can help: tell them the submission and the code.</p>
      <p className="detail">
        Code <code>{reason}</code>
      </p>
    </div>
  );
}

/** An archived submission of which some files are not in the archive must say so before anything else. */
function PartArchived({ view: { outcome, manifest } }: { view: SubmissionView }) {
  if (outcome === undefined || manifest === undefined || outcome.held + outcome.refused === 0) return undefined;
  return (
    <div className="notice caution">
      <p className="noticeTitle">
        {numberWords(outcome.archived)} of {counted(manifest.files, 'file is', 'files are')} in the archive.
      </p>
      <p>
        {numberWords(outcome.refused)} refused and {numberWords(outcome.held)} held are not. The receipt tells which,
        and why.
      </p>
    </div>
  );
}
