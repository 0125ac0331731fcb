import * as z from 'zod';
import type { accessTable } from '../../core/policy/accessTable.ts';
import { limits } from '../../core/policy/limits.ts';
import { type Principal, principalOf, requireAccess } from '../../core/policy/principal.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Ports } from '../../core/submission/ports.ts';

/** What the API needs of an API Gateway event, payload format 2.0. */
const ApiEvent = z.object({
  headers: z.record(z.string(), z.string().optional()).default({}),
  pathParameters: z.record(z.string(), z.string().optional()).default({}),
  queryStringParameters: z.record(z.string(), z.string().optional()).default({}),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({ authorizer: z.object({ jwt: z.object({ claims: z.unknown() }) }).optional() }),
});
type ApiEvent = z.infer<typeof ApiEvent>;

/** The caller's own name for a request that it may repeat (draft-ietf-httpapi-idempotency-key-header). */
export const IdempotencyKey = z.string().regex(/^[\x21-\x7e]{1,128}$/);

export interface Answer<Body> {
  status: number;
  body: Body;
}

/** The answer lies elsewhere (303 See Other). */
export interface Elsewhere {
  location: string;
}

/** A route over its ports: from an API Gateway event to an answer. */
export type ApiRoute = (ports: Ports) => (event: unknown) => Promise<Answer<unknown> | Elsewhere>;

/** A schema over `path`, `query`, `body` and `idempotencyKey` of a request, and one of the answer's body. */
interface Contract<Request extends z.ZodType, Result extends z.ZodType> {
  request: Request;
  result: Result;
}

/**
 * One route for token holders: verified claims, access table and schemas stand before it. What `result` does not name
 * does not leave.
 * @throws DomainError Unauthenticated, Forbidden, RequestInvalid, LimitExceeded, and what the route itself refuses
 */
export function apiRoute<Request extends z.ZodType, Result extends z.ZodType>(
  name: keyof typeof accessTable,
  contract: Contract<Request, Result>,
  route: (
    ports: Ports,
  ) => (request: z.output<Request>, principal: Principal) => Promise<Answer<z.input<NoInfer<Result>>> | Elsewhere>,
): ApiRoute {
  return (ports) => {
    const answer = route(ports);
    return async (input) => {
      const event = ApiEvent.parse(input);
      const principal = principalOf(event.requestContext.authorizer?.jwt.claims);
      requireAccess(principal, name);
      const given = await answer(parsedRequest(contract.request, event), principal);
      return 'location' in given ? given : { ...given, body: contract.result.parse(given.body) };
    };
  };
}

function parsedRequest<Request extends z.ZodType>(schema: Request, event: ApiEvent): z.output<Request> {
  const request = schema.safeParse({
    path: event.pathParameters,
    query: event.queryStringParameters,
    body: jsonBody(event),
    idempotencyKey: event.headers['idempotency-key'],
  });
  if (request.success) return request.data;
  // The cause carries the issues; problem details tell them without the values
  throw new DomainError('RequestInvalid', 'Cannot read the request: it does not fit the schema', {
    cause: request.error,
  });
}

function jsonBody({ body, isBase64Encoded }: ApiEvent): unknown {
  if (body === undefined || body === '') return undefined;
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > limits.requestBodyBytes) {
    throw new DomainError(
      'LimitExceeded',
      `Cannot read the request: its body has ${bytes.length} bytes, at most ${limits.requestBodyBytes} are read`,
    );
  }
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    // The parser's own message quotes the text, so it goes no further
    throw new DomainError('RequestInvalid', 'Cannot read the request: its body is not JSON');
  }
}
