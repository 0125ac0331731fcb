import type * as z from 'zod';

/** What is wrong with one field. */
export interface Issue {
  /** JSON Pointer (RFC 6901) into the body. */
  pointer: string;
  message: string;
}

/** At most this many issues are told: a list of 100 parts could have 300. */
const issuesTold = 20;

/** The issues of a schema's refusal in our words: those of zod may quote a key or a value. */
export function issuesOf({ issues }: z.ZodError): Issue[] {
  return issues.slice(0, issuesTold).map((issue) => ({
    pointer: issue.path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    message: messageOf(issue),
  }));
}

function messageOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be of type ${issue.expected}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'too_small':
      return `must be at least ${issue.minimum}`;
    case 'invalid_format':
      return issue.format === 'regex' ? 'is not in the form of its kind' : `must have the format ${issue.format}`;
    case 'unrecognized_keys':
      return 'has a field that is not known';
    default:
      return 'is not valid';
  }
}
