import { DomainError } from '../../core/submission/codes/DomainError.ts';

/** What a log may hold of an error: a stranger's message is left out, because it may quote a value of a patient. */
interface FaultRecord {
  name: string;
  /** Of a DomainError alone: safe by the rule for its messages. */
  message?: string;
  /** Like ECONNRESET. */
  code?: string;
  frames: string[];
  cause?: FaultRecord;
}

/** Causes are followed this deep: adapter, SDK, socket. */
const causeDepth = 4;
/** Files of this program and of Node alone: a message that imitates a stack does not pass. */
const framePattern = /^ {4}at (?:async )?(?:[\w$.<>[\] #]{1,120} \()?(?:file:\/\/|node:|\/)[^\s()]{1,300}:\d+:\d+\)?$/;
const wordPattern = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** An error by its name, code and stack frames, and its causes likewise. */
export function faultRecord(error: unknown, depth = causeDepth): FaultRecord {
  if (!(error instanceof Error)) return { name: typeof error, frames: [] };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    name: wordPattern.test(error.name) ? error.name : 'Error',
    ...(error instanceof DomainError && { message: error.message }),
    ...(code !== undefined && wordPattern.test(code) && { code }),
    frames: framesOf(error),
    ...(error.cause !== undefined && depth > 1 && { cause: faultRecord(error.cause, depth - 1) }),
  };
}

function framesOf({ stack = '', message }: Error): string[] {
  const afterMessage = message !== '' && stack.includes(message) ? stack.indexOf(message) + message.length : 0;
  return stack
    .slice(afterMessage)
    .split('\n')
    .filter((line) => framePattern.test(line))
    .map((line) => line.slice('    at '.length));
}

/**
 * The error that may leave this program: a refusal as it is, but without its cause; of anything else not a word.
 */
export function neutralError(error: unknown): DomainError {
  if (error instanceof DomainError) return new DomainError(error.name, error.message);
  return new DomainError('UnexpectedFault', 'Cannot go on: a fault that is not known; its record is in the log');
}
