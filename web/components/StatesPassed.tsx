import { isFinal, type SubmissionState } from '../../core/submission/contracts/states.ts';
import { stateWords } from '../../core/submission/contracts/stateWords.ts';
import type { EnteredState } from '../../core/upload/watchSubmission.ts';
import { timeWords } from '../words/quantities.ts';

/** The states that were entered, oldest first. */
export function StatesPassed({ states, current }: { states: readonly EnteredState[]; current: SubmissionState }) {
  const rests = isFinal(current) || current === 'held' || current === 'failed';
  return (
    <ol className="passed" aria-label="What has happened so far">
      {states.map(({ state, at }, index) => {
        const isLast = index === states.length - 1;
        return (
          <li key={`${at}-${state}`} className={isLast && !rests ? 'running' : 'entered'}>
            <span>
              {stateWords[state].label}
              {isLast && !rests && <span className="unseen"> (now)</span>}
            </span>
            <time dateTime={at}>{timeWords(at)}</time>
          </li>
        );
      })}
    </ol>
  );
}
