import { ApiProblem } from '../../../core/upload/ApiProblem.ts';

const advice =
  'Sign in as an operator: with the operator.json that one machine writes, in AIRLOCK_HOME and with nothing else set, ' +
  "or with AIRLOCK_URL and an operator's AIRLOCK_CLIENT_ID and AIRLOCK_CLIENT_SECRET, or AIRLOCK_TOKEN_FILE";

/** What only an operator may do; whoever is none is told how to become one. @throws ApiProblem */
export async function asOperator<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'Forbidden') throw error;
    const { code, status, retryable } = error;
    throw new ApiProblem(`${error.message}. ${advice}`, { code, status, retryable }, { cause: error });
  }
}
