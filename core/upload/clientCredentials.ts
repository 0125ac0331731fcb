import * as z from 'zod';
import { ApiProblem } from './ApiProblem.ts';
import { isPassing, unreachable } from './apiClient.ts';

/** `cli.json` and `operator.json`: how a program signs in. The one-machine target writes them for its own user. */
export const ClientConfig = z.object({
  url: z.url(),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
});
export type ClientConfig = z.infer<typeof ClientConfig>;

const Discovery = z.object({ issuer: z.string(), token_endpoint: z.url() });
const TokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().optional() });

export interface AccessToken {
  token: string;
  lifetimeSeconds: number;
}

/**
 * Fetches an access token by OAuth client credentials (RFC 6749 §4.4, client_secret_basic) from the issuer's own
 * discovery document.
 * @throws ApiProblem Unauthenticated, ServiceUnreachable, AnswerInvalid
 */
export async function clientCredentialsToken(
  http: typeof globalThis.fetch,
  { issuer, clientId, clientSecret }: { issuer: string; clientId: string; clientSecret: string },
): Promise<AccessToken> {
  const discoveryUrl = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const { token_endpoint } = await ask(http, new Request(discoveryUrl), Discovery);
  const credentials = [clientId, clientSecret].map(formEncoded).join(':');
  const asked = new Request(token_endpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(credentials)}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  const { access_token, expires_in = 300 } = await ask(http, asked, TokenAnswer);
  return { token: access_token, lifetimeSeconds: expires_in };
}

async function ask<T>(http: typeof globalThis.fetch, request: Request, schema: z.ZodType<T>): Promise<T> {
  const response = await http(request).catch((cause: unknown) => {
    throw unreachable('Cannot sign in', cause, undefined);
  });
  const { status } = response;
  const answer = schema.safeParse(await response.json().catch(() => undefined));
  if (!response.ok && !isPassing(status)) {
    throw new ApiProblem(`Cannot sign in: the issuer answers ${status}`, {
      code: 'Unauthenticated',
      status,
      retryable: false,
    });
  }
  if (response.ok && answer.success) return answer.data;
  throw new ApiProblem(`Cannot sign in: the answer of the issuer (${status}) does not fit`, {
    code: response.ok ? 'AnswerInvalid' : 'ServiceUnreachable',
    status,
    retryable: isPassing(status),
  });
}

/** RFC 6749 §2.3.1 and appendix B. */
const formEncoded = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
