import type { SignedIn } from '../signIn/useSignIn.ts';
import { bytesWords, counted, numberWords, timeWords } from '../words/quantities.ts';
import { ProblemNotice } from './ProblemNotice.tsx';
import { StateLabel } from './StateLabel.tsx';
import type { Submissions } from './useSubmissions.ts';

interface Props {
  submissions: Submissions;
  open: (submission: string) => void;
  signInAgain: SignedIn['signInAgain'];
}

export function EarlierSubmissions({ submissions: { items, problem, reload, more }, open, signInAgain }: Props) {
  return (
    <section className="earlier" aria-labelledby="earlier">
      <div className="sectionHead">
        <h2 id="earlier">Submissions of your site</h2>
        <button type="button" className="quiet" onClick={reload}>
          Refresh<span className="unseen"> the list of submissions</span>
        </button>
      </div>
      {problem !== undefined && (
        <ProblemNotice problem={problem} moment="receipt" retry={reload} signInAgain={signInAgain} />
      )}
      {items?.length === 0 && <p className="note">There are none yet.</p>}
      {items !== undefined && items.length > 0 && (
        <ul className="submissions">
          {items.map(({ id, project, subject, session, state, createdAt, manifest, outcome }) => (
            <li key={id}>
              <button type="button" className="row" onClick={() => open(id)}>
                <span className="rowTitle">{[project, subject, session].filter(Boolean).join(' / ')}</span>
                <StateLabel state={state} />
                <span className="rowNote">
                  {timeWords(createdAt)}
                  {manifest !== undefined && ` · ${counted(manifest.files, 'file')}, ${bytesWords(manifest.bytes)}`}
                  {outcome !== undefined && `, ${numberWords(outcome.archived)} archived`}
                  {` · ends in ${id.slice(-6)}`}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {more !== undefined && (
        <button type="button" onClick={more}>
          Show earlier ones
        </button>
      )}
    </section>
  );
}
