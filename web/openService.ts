import { ApiProblem } from '../core/upload/ApiProblem.ts';
import { apiClient } from '../core/upload/apiClient.ts';
import { retrying } from '../core/upload/retrying.ts';
import type { SignedIn } from './signIn/useSignIn.ts';
import { clockFromWeb } from './upload/clockFromWeb.ts';

/** The API of the origin that served the page. */
export function openService({ token, signal }: Partial<Pick<SignedIn, 'token'>> & { signal?: AbortSignal } = {}) {
  return apiClient({
    url: location.origin,
    fetch: window.fetch.bind(window),
    token: async (options) => {
      const held = await token?.(options);
      if (held !== undefined) return held;
      const told = { code: 'Unauthenticated', status: 401, retryable: false };
      throw new ApiProblem('Cannot call the service: there is no sign-in', told);
    },
    retry: retrying({ clock: clockFromWeb(signal), random: Math.random, signal }),
    signal,
  });
}
