import type { SubmissionState } from '../../core/submission/contracts/states.ts';
import { stateWords } from '../../core/submission/contracts/stateWords.ts';

const tones: Partial<Record<SubmissionState, string>> = {
  archived: 'good',
  held: 'waiting',
  rejected: 'bad',
  failed: 'bad',
};

/** A state in words; its colour only repeats them. */
export function StateLabel({ state }: { state: SubmissionState }) {
  return <span className={`state ${tones[state] ?? 'plain'}`}>{stateWords[state].label}</span>;
}
