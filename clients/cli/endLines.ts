import { adviceOf } from '../../core/submission/adviceOf.ts';
import type { SubmissionView } from '../../core/submission/api.ts';
import { reviewReasons } from '../../core/submission/reviewReasons.ts';

type End = Pick<SubmissionView, 'id' | 'state' | 'reason'>;

/** Lines for people: how a submission rests that is not archived, and what each of its reasons means. */
export function endLines({ id, state, reason = '' }: End): string[] {
  const meanings = reason.split(' ').flatMap((code) => {
    const meaning = meaningOf(code);
    return meaning === '' ? [] : [`${code}: ${meaning}`];
  });
  return [`${id}: ${state}${reason === '' ? '' : ` (${reason})`}`, ...meanings];
}

function meaningOf(code: string): string {
  const [, reason] = Object.entries(reviewReasons).find(([name]) => name === code) ?? [];
  return reason ?? adviceOf(code);
}
