import { type DomainErrorCode, errorCatalogue } from './errorCatalogue.ts';

/**
 * A refusal the system understands. The code is at once the error's `name`, the Step Functions error name and the
 * problem type of an HTTP answer. The message says: attempted action, colon, current state, wanted state. It never
 * holds a tag value, a file name or a person.
 */
export class DomainError extends Error {
  override readonly name: DomainErrorCode;
  /** How long the other side asked to be left in peace. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: DomainErrorCode, message: string, options: ErrorOptions & { retryAfterSeconds?: number } = {}) {
    super(message, options);
    this.name = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** True for an error with a code of the catalogue, also one that crossed a process as plain data. */
  static is(error: unknown): error is DomainError {
    return error instanceof Error && Object.hasOwn(errorCatalogue, error.name);
  }
}
