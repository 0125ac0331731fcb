import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '../../../core/policy/limits.ts';
import type { ServiceDescription } from '../../../core/submission/contracts/api.ts';
import { type ApiClient, apiClient } from '../../../core/upload/apiClient.ts';
import { type AccessToken, ClientConfig, clientCredentialsToken } from '../../../core/upload/clientCredentials.ts';
import { type Retry, retrying } from '../../../core/upload/retrying.ts';
import type { CliContext } from '../CliContext.ts';
import { refusal } from '../exitOf.ts';
import { jsonOf } from '../terminal/jsonOf.ts';
import { requireSafe } from './requireSafe.ts';

const defaultUrl = 'http://127.0.0.1:4180';

export interface Service {
  url: string;
  api: ApiClient;
  retry: Retry;
  describe: () => Promise<ServiceDescription>;
  token: (options: { renew: boolean }) => Promise<string>;
}

/** Where the command line keeps what it knows of its uploads; it holds paths, so it stays with the site. */
export const homeOf = ({ env, cwd }: Pick<CliContext, 'env' | 'cwd'>) => env.AIRLOCK_HOME ?? join(cwd, '.airlock');

/** Where credentials are kept under `homeOf`: one machine writes both. */
const configFiles = { uploader: ['cli.json'], operator: ['operator.json', 'cli.json'] } as const;

/**
 * The service and how to sign in to it: a token or client credentials from the environment, or credentials from
 * `cli.json`; what an operator does asks for those of `operator.json` first. Either are given to the service that stands beside them alone: a folder may bring such a file along.
 * @throws a refusal `configuration` without credentials, without their service or for a plain HTTP address beyond this
 *   computer
 */
export async function openService(context: CliContext, role: keyof typeof configFiles = 'uploader'): Promise<Service> {
  const { fetch, clock, random, signal } = context;
  const config = await readConfig(context, configFiles[role]);
  const url = context.env.AIRLOCK_URL ?? config?.url ?? defaultUrl;
  if (context.env.AIRLOCK_URL === undefined && config !== undefined) requireNoOwnCredentials(context);
  requireSafe(url);
  const retry = retrying({
    clock,
    random,
    signal,
    attemptsUnanswered: limits.clientAttemptsUnanswered,
    onRetry: ({ code, waitMilliseconds }) =>
      context.err(`${code} at ${new URL(url).origin}: trying again in ${(waitMilliseconds / 1000).toFixed(1)} s`),
  });
  const describe = once(() => api.describeService());
  const token = tokenSource(context, { config: config?.url === url ? config : undefined, describe });
  const api = apiClient({ url, fetch, retry, signal, token });
  return { url, api, retry, describe, token };
}

/** What the first of the files that is there holds. */
async function readConfig(context: CliContext, names: readonly string[]): Promise<ClientConfig | undefined> {
  for (const name of names) {
    const path = join(homeOf(context), name);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const config = ClientConfig.safeParse(jsonOf(text));
    if (!config.success) throw refusal('configuration', `Cannot read ${path}: it does not fit the schema`);
    return config.data;
  }
  return undefined;
}

interface TokenOptions {
  config: ClientConfig | undefined;
  describe: () => Promise<ServiceDescription>;
}

function tokenSource({ env, fetch, clock }: CliContext, { config, describe }: TokenOptions): Service['token'] {
  const fixed = env.AIRLOCK_TOKEN;
  if (fixed !== undefined) return async () => fixed;
  const file = env.AIRLOCK_TOKEN_FILE;
  if (file !== undefined) return async () => (await readFile(file, 'utf8')).trim();
  const clientId = env.AIRLOCK_CLIENT_ID ?? config?.clientId;
  const clientSecret = env.AIRLOCK_CLIENT_SECRET ?? config?.clientSecret;
  let held: (AccessToken & { until: number }) | undefined;

  return async ({ renew }) => {
    if (clientId === undefined || clientSecret === undefined) throw noCredentials();
    const now = Date.parse(clock.now());
    if (held !== undefined && !renew && now < held.until) return held.token;
    const { issuer } = await describe();
    const safely: typeof fetch = async (input, init) => {
      requireSafe(input instanceof Request ? input.url : String(input));
      return fetch(input, init);
    };
    const fetched = await clientCredentialsToken(safely, { issuer, clientId, clientSecret });
    // a token is not used in its last minute, which a slow request may take
    held = { ...fetched, until: now + (fetched.lifetimeSeconds - 60) * 1000 };
    return held.token;
  };
}

const noCredentials = () =>
  refusal(
    'configuration',
    'Cannot sign in: set AIRLOCK_TOKEN_FILE, or AIRLOCK_CLIENT_ID and AIRLOCK_CLIENT_SECRET, or provide cli.json',
  );

function requireNoOwnCredentials({ env }: CliContext): void {
  const own = [env.AIRLOCK_TOKEN, env.AIRLOCK_TOKEN_FILE, env.AIRLOCK_CLIENT_ID, env.AIRLOCK_CLIENT_SECRET];
  if (own.every((value) => value === undefined)) return;
  throw refusal('configuration', 'Cannot sign in: set AIRLOCK_URL beside the credentials of the environment');
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
