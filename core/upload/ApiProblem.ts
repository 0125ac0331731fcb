/**
 * An answer that is no success, from the API (its problem+json) or from storage, or no answer at all (status 0). The
 * code is one of the error catalogue, or tells what the client saw: ServiceUnreachable, StorageRefused, AnswerInvalid.
 */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: string;
  /** HTTP status; 0 without an answer. */
  readonly status: number;
  readonly retryable: boolean;
  /** What Retry-After asks for. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    message: string,
    {
      code,
      status,
      retryable,
      retryAfterSeconds,
    }: Pick<ApiProblem, 'code' | 'status' | 'retryable'> & { retryAfterSeconds?: number },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.status = status;
    this.retryable = retryable;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
