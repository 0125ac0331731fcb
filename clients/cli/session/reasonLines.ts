import { adviceOf } from '../../../core/submission/codes/adviceOf.ts';

/** Lines for people: what each code of a reason means, and what to do about it. */
export const reasonLines = (reason = ''): string[] =>
  reason.split(' ').flatMap((code) => {
    const advice = adviceOf(code);
    return advice === '' ? [] : [`${code}: ${advice}`];
  });
