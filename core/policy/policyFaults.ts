import type * as z from 'zod';

/** Each field of a policy that does not fit, and what is wanted there. Whoever writes the file reads it. */
export const policyFaults = ({ issues }: Pick<z.ZodError, 'issues'>): string =>
  issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join('.')} (${message})`))
    .join(', ');
