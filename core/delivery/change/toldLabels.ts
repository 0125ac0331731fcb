import type { FormerLabels, SessionLabels } from '../../submission/contracts/Submission.ts';

/** The labels of a session that may be told of: those that were looked at here. Another one may name a person. */
export const toldLabels = (known: readonly SessionLabels[], { subject, session }: SessionLabels): FormerLabels => ({
  ...(known.some((each) => each.subject === subject) && { subject }),
  ...(known.some((each) => each.session === session) && { session }),
});
