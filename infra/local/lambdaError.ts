/**
 * An invocation that failed, as Lambda and Step Functions name it: the handler's own error name, `Runtime.ExitError`
 * for a process that died or outgrew its memory, `Sandbox.Timedout` for one that ran too long.
 */
export function lambdaError(errorType: string, message: string): Error {
  const error = new Error(message);
  error.name = errorType;
  return error;
}
