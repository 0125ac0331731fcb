import type { SubmissionView } from '../../core/submission/api.ts';
import { errorCatalogue } from '../../core/submission/errorCatalogue.ts';
import { reviewReasons } from '../../core/submission/reviewReasons.ts';

type End = Pick<SubmissionView, 'id' | 'state' | 'reason'>;

/** Lines for people: how a submission rests that is not archived, and what each of its reasons means. */
export function endLines({ id, state, reason = '' }: End): string[] {
  const meanings = reason.split(' ').flatMap((code) => {
    const meaning = meaningOf(code);
    return meaning === undefined ? [] : [`${code}: ${meaning}`];
  });
  return [`${id}: ${state}${reason === '' ? '' : ` (${reason})`}`, ...meanings];
}

function meaningOf(code: string): string | undefined {
  const [, reason] = Object.entries(reviewReasons).find(([name]) => name === code) ?? [];
  if (reason !== undefined) return reason;
  const [, fault] = Object.entries(errorCatalogue).find(([name]) => name === code) ?? [];
  return fault && `${fault.meaning}. ${fault.action}`;
}
