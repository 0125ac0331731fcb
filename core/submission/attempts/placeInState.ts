import type { Submission } from '../contracts/Submission.ts';

/**
 * Where a submission stands among those of its state: unique, in the order of their last changes. A time (ISO 8601) is the
 * place just before those of that time, and with `~` behind it the place just after.
 */
export const placeInState = ({ updatedAt, id }: Pick<Submission, 'updatedAt' | 'id'>): string => `${updatedAt}#${id}`;
