import type { FormerLabels } from '../../../core/submission/contracts/Submission.ts';

const hidden = '(not told)';

/** Subject and session as one reads them; a label that somebody gave in XNAT may name a person, and is not kept. */
export const labelsTold = ({ subject = hidden, session = hidden }: FormerLabels): string => `${subject}/${session}`;
