import type { SignedUpload } from '../submission/contracts/api.ts';
import { ApiProblem } from './ApiProblem.ts';
import { isPassing, retryAfterOf, unreachable } from './apiClient.ts';

/** What fetch does, as far as sending a part needs it. */
export type PutBytes = (
  url: string,
  request: {
    method: 'PUT';
    headers: Record<string, string>;
    body: Uint8Array<ArrayBuffer>;
    signal?: AbortSignal;
  },
) => Promise<Response>;

/** Storage refuses for reasons a fresh signature or a second sending heals: expiry, clock, bytes harmed on the way. */
const isHealable = (status: number) => isPassing(status) || status === 403 || status === 400;

/**
 * Sends a body to a presigned URL, exactly as it was signed.
 * @throws ApiProblem StorageUnavailable, UploadExpired, StorageRefused, ServiceUnreachable
 */
export async function putSigned(
  { fetch: http, signal }: { fetch: PutBytes; signal?: AbortSignal | undefined },
  { method, url, headers }: SignedUpload,
  body: Uint8Array<ArrayBuffer>,
): Promise<void> {
  // the platform sets the length itself and forbids to name it
  const sent = Object.entries(headers).filter(([name]) => !['content-length', 'host'].includes(name.toLowerCase()));
  const response = await http(url, {
    method,
    headers: Object.fromEntries(sent),
    body,
    ...(signal && { signal }),
  }).catch((cause: unknown) => {
    throw unreachable('Cannot send bytes to storage', cause, signal);
  });
  const answer = await response.text().catch(() => '');
  if (response.ok) return;
  const code = /<Code>(\w{1,64})<\/Code>/.exec(answer)?.[1] ?? 'no code';
  const { status } = response;
  throw new ApiProblem(`Cannot send bytes to storage: it answers ${status} (${code})`, {
    code: isPassing(status) ? 'StorageUnavailable' : code === 'NoSuchUpload' ? 'UploadExpired' : 'StorageRefused',
    status,
    retryable: isHealable(status),
    ...retryAfterOf(response),
  });
}
