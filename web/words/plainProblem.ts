import { DomainError } from '../../core/submission/codes/DomainError.ts';
import { ApiProblem } from '../../core/upload/ApiProblem.ts';

/** A problem as data: it crosses from the worker to the page. */
export interface PlainProblem {
  code: string;
  /** In the words of the one who refused; holds no name and no value. */
  detail: string | undefined;
}

/** The code of whatever was thrown. Only messages that were made to be shown are passed on. */
export function plainProblem(error: unknown): PlainProblem {
  if (error instanceof ApiProblem) return { code: error.code, detail: error.message };
  if (DomainError.is(error)) return { code: error.name, detail: error.message };
  // What File.slice().arrayBuffer() throws for a file that was moved, changed or locked since it was chosen
  const isFileGone = error instanceof DOMException && ['NotReadableError', 'NotFoundError'].includes(error.name);
  if (error instanceof DOMException && error.name === 'NotSupportedError')
    return { code: 'BrowserTooOld', detail: undefined };
  return { code: isFileGone ? 'FileUnreadable' : 'UnexpectedFault', detail: undefined };
}
