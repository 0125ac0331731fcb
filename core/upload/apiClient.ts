import type * as z from 'zod';
import { SignedCertificate } from '../audit/DeletionCertificate.ts';
import { SignedReceipt } from '../audit/Receipt.ts';
import {
  type CommitBody,
  type CompleteObjectBody,
  CompleteObjectResult,
  type CreateSubmissionBody,
  EventList,
  PartList,
  Problem,
  type PutManifestBody,
  PutManifestResult,
  type RelabelBody,
  RelabellingList,
  type RouteName,
  routes,
  ServiceDescription,
  type SignPartsBody,
  SignPartsResult,
  SubmissionList,
  SubmissionView,
  type WithdrawBody,
} from '../submission/contracts/api.ts';
import { ApiProblem } from './ApiProblem.ts';
import type { Retry } from './retrying.ts';

interface ApiClientOptions {
  /** Address of the service, without a path. */
  url: string;
  fetch: typeof fetch;
  /** A bearer token; with `renew` one that is not the last, which was refused. */
  token: (options: { renew: boolean }) => Promise<string>;
  retry: Retry;
  signal?: AbortSignal | undefined;
}

interface Call<T> {
  route: RouteName;
  result: z.ZodType<T>;
  /** Path parameters. */
  at?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  headers?: Record<string, string>;
}

export type ApiClient = ReturnType<typeof apiClient>;

/**
 * The HTTP contract as functions. Answers are checked by their schemas, passing faults are retried, a refused token is
 * renewed once.
 * @throws ApiProblem
 */
export function apiClient(options: ApiClientOptions) {
  const call = <T>(call: Call<T>): Promise<T> => options.retry(() => request(options, call));
  const submissionCall = <T>(submission: string, rest: Omit<Call<T>, 'at'>) => call({ ...rest, at: { submission } });

  return {
    describeService: () => call({ route: 'describeService', result: ServiceDescription }),
    /** With a key, a repeated call answers with the submission that the first one made. */
    createSubmission: (body: CreateSubmissionBody, idempotencyKey?: string) =>
      call({
        route: 'createSubmission',
        result: SubmissionView,
        body,
        ...(idempotencyKey && { headers: { 'idempotency-key': idempotencyKey } }),
      }),
    listSubmissions: (query: { cursor?: string } = {}) =>
      call({ route: 'listSubmissions', result: SubmissionList, query }),
    getSubmission: (submission: string) =>
      submissionCall(submission, { route: 'getSubmission', result: SubmissionView }),
    putManifest: (submission: string, body: z.infer<typeof PutManifestBody>) =>
      submissionCall(submission, { route: 'putManifest', result: PutManifestResult, body }),
    signParts: (submission: string, object: string, body: z.infer<typeof SignPartsBody>) =>
      call({ route: 'signParts', result: SignPartsResult, at: { submission, object }, body }),
    listParts: (submission: string, object: string) =>
      call({ route: 'listParts', result: PartList, at: { submission, object } }),
    completeObject: (submission: string, object: string, body: z.infer<typeof CompleteObjectBody>) =>
      call({ route: 'completeObject', result: CompleteObjectResult, at: { submission, object }, body }),
    commitSubmission: (submission: string, body: z.infer<typeof CommitBody>) =>
      submissionCall(submission, { route: 'commitSubmission', result: SubmissionView, body }),
    resumeSubmission: (submission: string) =>
      submissionCall(submission, { route: 'resumeSubmission', result: SubmissionView, body: {} }),
    withdrawSubmission: (submission: string, body: z.input<typeof WithdrawBody>) =>
      submissionCall(submission, { route: 'withdrawSubmission', result: SubmissionView, body }),
    relabelSubmission: (submission: string, body: z.input<typeof RelabelBody>) =>
      submissionCall(submission, { route: 'relabelSubmission', result: SubmissionView, body }),
    listRelabellings: (submission: string) =>
      submissionCall(submission, { route: 'listRelabellings', result: RelabellingList }),
    getCertificate: (submission: string) =>
      submissionCall(submission, { route: 'getCertificate', result: SignedCertificate }),
    getReceipt: (submission: string) => submissionCall(submission, { route: 'getReceipt', result: SignedReceipt }),
    listEvents: (submission: string) => submissionCall(submission, { route: 'listEvents', result: EventList }),
  };
}

async function request<T>(options: ApiClientOptions, call: Call<T>): Promise<T> {
  const first = await send(options, call, false);
  const response = first.status === 401 && needsToken(call) ? await send(options, call, true) : first;
  const answer = await response.json().catch(() => undefined);
  if (!response.ok) throw problemOf(call.route, response, answer);
  const parsed = call.result.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new ApiProblem(
    `Cannot ${call.route}: the answer does not fit the schema`,
    { code: 'AnswerInvalid', status: response.status, retryable: false },
    { cause: parsed.error },
  );
}

async function send<T>({ url, fetch: http, token, signal }: ApiClientOptions, call: Call<T>, renew: boolean) {
  const [method, template] = splitRoute(call.route);
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(call.at?.[name] ?? ''));
  const address = new URL(path, url);
  for (const [name, value] of Object.entries(call.query ?? {})) address.searchParams.set(name, value);
  const headers: Record<string, string> = { accept: 'application/json', ...call.headers };
  if (needsToken(call)) headers.authorization = `Bearer ${await token({ renew })}`;
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  const body = call.body === undefined ? {} : { body: JSON.stringify(call.body) };
  return http(address, { method, headers, ...body, ...(signal && { signal }) }).catch((cause: unknown) => {
    throw unreachable(`Cannot reach ${address.origin}`, cause, signal);
  });
}

/** No answer came; when the caller gave up itself, that is no problem of the service. */
export function unreachable(attempted: string, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  const told = { code: 'ServiceUnreachable', status: 0, retryable: true };
  return new ApiProblem(`${attempted}: the service does not answer`, told, { cause });
}

/** Seconds from now; the date form of the header is not read. */
export function retryAfterOf(response: Response): { retryAfterSeconds?: number } {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterSeconds: seconds } : {};
}

export const isPassing = (status: number) => status >= 500 || status === 429 || status === 408;

function problemOf(route: RouteName, response: Response, answer: unknown): ApiProblem {
  const problem = Problem.safeParse(answer);
  const { status } = response;
  const code = problem.data?.code ?? codeOfStatus(status);
  const issues = problem.data?.issues?.map(({ pointer, message }) => `${pointer} ${message}`).join('; ');
  const detail = problem.data?.detail ?? `the service answers ${status}`;
  return new ApiProblem(issues ? `${detail} (${issues})` : problem.data ? detail : `Cannot ${route}: ${detail}`, {
    code,
    status,
    retryable: isPassing(status) || code === 'LedgerConflict',
    ...retryAfterOf(response),
  });
}

/** A gateway before the API refuses tokens with no problem document. */
function codeOfStatus(status: number): string {
  if (isPassing(status)) return 'ServiceUnreachable';
  if (status === 401) return 'Unauthenticated';
  return status === 403 ? 'Forbidden' : 'AnswerInvalid';
}

const needsToken = ({ route }: Pick<Call<unknown>, 'route'>) => route !== 'describeService';

function splitRoute(route: RouteName): [method: string, path: string] {
  const [method = '', path = ''] = routes[route].split(' ');
  return [method, path];
}
