import type { SubmissionView } from '../../../core/submission/contracts/api.ts';
import { reasonLines } from './reasonLines.ts';

type End = Pick<SubmissionView, 'id' | 'state' | 'reason'>;

/** Lines for people: how a submission rests that is not archived, and what each of its reasons means. */
export const endLines = ({ id, state, reason = '' }: End): string[] => [
  `${id}: ${state}${reason === '' ? '' : ` (${reason})`}`,
  ...reasonLines(reason),
];
